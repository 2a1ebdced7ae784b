//! A machine that misbehaves: wrong clock, full disk, disk that does not flush or loses power. A library does it that is compiled from
//! `machine.c` on the spot and loaded into the server.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

/// What the disk does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// What it should.
    Sound,
    /// No file grows any more.
    Full,
    /// Whoever asks it to flush is told that it could not.
    NeverFlushes,
    /// What it does is noted, so that what was not flushed can be lost.
    LosesPower,
}

/// The machine a server runs on.
pub struct Machine {
    library: PathBuf,
    state: PathBuf,
    file: File,
}

impl Machine {
    /// Compiles the library in this folder; none where no C compiler is.
    pub fn make(place: &Path) -> anyhow::Result<Option<Self>> {
        let (source, library, state) =
            (place.join("machine.c"), place.join("machine.so"), place.join("machine"));
        std::fs::write(&source, include_str!("machine.c"))?;
        let mut cc = Command::new("cc");
        let Ok(compiled) = cc.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(&source).output()
        else {
            return Ok(None);
        };
        ensure!(compiled.status.success(), "cc: {}", String::from_utf8_lossy(&compiled.stderr));
        std::fs::write(&state, [0; 16])?;
        let file = File::options().write(true).open(&state)?;
        Ok(Some(Self { library, state, file }))
    }

    /// What the server is started with.
    pub fn environment(&self) -> [(&'static str, &Path); 2] {
        [("LD_PRELOAD", &self.library), ("MOTCUA_MACHINE", &self.state)]
    }

    /// Puts the clock wrong by so many seconds.
    pub fn step_clock(&self, seconds: i64) -> anyhow::Result<()> {
        self.file.write_all_at(&seconds.to_ne_bytes(), 0).context("the clock cannot be stepped")
    }

    /// What the disk does from now on.
    pub fn turn_disk(&self, disk: Disk) -> anyhow::Result<()> {
        let state: i64 = match disk {
            Disk::Sound => 0,
            Disk::Full => 1,
            Disk::NeverFlushes => 2,
            Disk::LosesPower => 3,
        };
        self.file.write_all_at(&state.to_ne_bytes(), 8).context("the disk cannot be turned")
    }

    /// Where it notes what a disk does that can lose power.
    pub fn notes(&self) -> PathBuf {
        self.state.with_added_extension("notes")
    }

    /// Everything as it should be.
    pub fn mend(&self) -> anyhow::Result<()> {
        self.step_clock(0)?;
        self.turn_disk(Disk::Sound)
    }
}
