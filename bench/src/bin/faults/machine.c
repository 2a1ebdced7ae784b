/* A machine that misbehaves: its clock is wrong, its disk is full, what is flushed never arrives. The harness loads it
 * into the server with LD_PRELOAD. MOTCUA_MACHINE names a file of two numbers: by how many seconds the clock is wrong,
 * and what the disk does. Both hold from the moment they are written. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { SOUND, FULL, NEVER_FLUSHED };

struct machine {
    volatile int64_t clock;
    volatile int64_t disk;
};

static struct machine sound;
static struct machine *machine = &sound;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("MOTCUA_MACHINE");
    int file = name ? open(name, O_RDONLY) : -1;
    void *seen = file < 0 ? MAP_FAILED : mmap(NULL, sizeof sound, PROT_READ, MAP_SHARED, file, 0);
    if (seen == MAP_FAILED) abort();
    machine = seen;
    close(file);
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int done = (int)syscall(SYS_clock_gettime, which, now);
    if (done == 0 && which == CLOCK_REALTIME) now->tv_sec += machine->clock;
    return done;
}

static int flush(long call, int file) {
    if (machine->disk == NEVER_FLUSHED) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(call, file);
}

int fsync(int file) { return flush(SYS_fsync, file); }

int fdatasync(int file) { return flush(SYS_fdatasync, file); }

/* How many bytes can be written at a place: on a full disk only over those that are there. A place below 0 is where
 * the file stands. */
static size_t fitting(int file, off_t at, size_t bytes) {
    struct stat status;
    if (machine->disk != FULL || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return bytes;
    if (at < 0) at = fcntl(file, F_GETFL) & O_APPEND ? status.st_size : lseek(file, 0, SEEK_CUR);
    off_t left = status.st_size - at;
    return left <= 0 ? 0 : (size_t)left < bytes ? (size_t)left : bytes;
}

ssize_t write(int file, const void *content, size_t bytes) {
    size_t fits = fitting(file, -1, bytes);
    if (fits == 0 && bytes != 0) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_write, file, content, fits);
}

ssize_t pwrite(int file, const void *content, size_t bytes, off_t at) {
    size_t fits = fitting(file, at, bytes);
    if (fits == 0 && bytes != 0) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, file, content, fits, at);
}

ssize_t pwrite64(int file, const void *content, size_t bytes, off_t at) { return pwrite(file, content, bytes, at); }
