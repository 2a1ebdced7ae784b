//! A place that is being filled carries a mark, so that a filling which was cut off is known, and nothing takes half of
//! one for the whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::Place;

/// What fills an empty place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// `motcua demo`.
    Demonstration,
    /// `motcua simulate`.
    Simulation,
    /// `motcua restore`.
    Restore,
}

/// The mark of a filling that has begun. It stays behind unless [`Mark::done`] takes it away.
#[derive(Debug)]
pub struct Mark {
    folder: PathBuf,
    file: PathBuf,
}

impl Filling {
    const ALL: [Self; 3] = [Self::Demonstration, Self::Simulation, Self::Restore];

    /// The mark in the data folder, what is filled, and the command that does it.
    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Demonstration => ("demo.unfinished", "demonstration", "demo"),
            Self::Simulation => ("simulation.unfinished", "simulation", "simulate"),
            Self::Restore => ("restore.unfinished", "restore", "restore"),
        }
    }

    /// Marks a folder. The mark is on disk when this answers.
    pub fn begin(self, folder: &Path) -> io::Result<Mark> {
        let mark = Mark { folder: folder.to_owned(), file: folder.join(self.names().0) };
        File::create(&mark.file)?.sync_all()?;
        Ok(mark)
    }
}

impl Mark {
    /// Takes the mark away: the place is whole, or nothing was begun.
    pub fn done(self) -> io::Result<()> {
        fs::remove_file(&self.file)?;
        File::open(&self.folder)?.sync_all()
    }
}

/// Refuses a place whose filling was cut off.
pub fn refuse_unfinished(place: &Place) -> anyhow::Result<()> {
    for (file, what, command) in Filling::ALL.map(Filling::names) {
        anyhow::ensure!(
            !place.data.join(file).exists(),
            "the {what} in {folder} was not finished: it was cut off or refused. Remove the folder{database} and run \
             `motcua {command}` again",
            folder = place.data.display(),
            database = if place.database.is_some() { ", empty the database" } else { "" },
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_and_not_ended_is_refused_by_its_command() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { data: folder.path().to_owned(), database: None, config: None };
        for filling in Filling::ALL {
            let mark = filling.begin(folder.path()).unwrap();
            let said = refuse_unfinished(&place).unwrap_err().to_string();
            assert!(said.contains(&format!("run `motcua {}` again", filling.names().2)), "{said}");
            mark.done().unwrap();
            refuse_unfinished(&place).expect("it is whole");
        }
    }
}
