/* A machine that misbehaves: its clock is wrong, its disk is full, what is flushed never arrives, what was not flushed
 * is lost with the power. The harness loads it into the server with LD_PRELOAD. MOTCUA_MACHINE names a file of two
 * numbers: by how many seconds the clock is wrong, and what the disk does. Both hold from the moment they are written.
 *
 * A disk that can lose power notes every change of a file beside MOTCUA_MACHINE before it is made, with what was there
 * before, and every flush after it was made. power.rs reads the notes and takes back what was not flushed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SOUND, FULL, NEVER_FLUSHED, LOSES_POWER };

struct machine {
    volatile int64_t clock;
    volatile int64_t disk;
};

static struct machine sound;
static struct machine *machine = &sound;

/* What is noted: numbers, then two names, then what was there and what comes there. */
enum { CONTENT = 1, FLUSHED, MADE, RENAMED, REMOVED, FOLDER_FLUSHED };

struct note {
    uint64_t kind, inode, at, size_before, name, other, before, after;
};

static pthread_mutex_t noting = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_bytes;
static int notes = -1;
static unsigned kept;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("MOTCUA_MACHINE");
    int file = name ? open(name, O_RDONLY) : -1;
    void *seen = file < 0 ? MAP_FAILED : mmap(NULL, sizeof sound, PROT_READ, MAP_SHARED, file, 0);
    if (seen == MAP_FAILED) abort();
    machine = seen;
    close(file);
    const char *end = strrchr(name, '/');
    root_bytes = (size_t)(end - name) + 1;
    memcpy(root, name, root_bytes);
    char path[PATH_MAX + 8];
    snprintf(path, sizeof path, "%s.notes", name);
    notes = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    kept = (unsigned)getpid() << 12;
}

/* Whether changes of this place are noted. */
static int is_ours(const char *path) { return strncmp(path, root, root_bytes) == 0; }

/* Whether changes of this file are noted, and what it is. */
static int is_noted(int file, struct stat *status, char *path) {
    if (machine->disk != LOSES_POWER || fstat(file, status) != 0) return 0;
    if (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t bytes = readlink(link, path, PATH_MAX - 1);
    if (bytes <= 0) return 0;
    path[bytes] = 0;
    return is_ours(path);
}

static void note(struct note note, const char *name, const char *other, const void *before, const void *after) {
    note.name = name ? strlen(name) : 0;
    note.other = other ? strlen(other) : 0;
    struct iovec parts[] = {
        {&note, sizeof note},
        {(void *)name, note.name},
        {(void *)other, note.other},
        {(void *)before, note.before},
        {(void *)after, note.after},
    };
    if (writev(notes, parts, 5) < 0) abort();
}

/* Notes what lies at a place of a file and what comes there. The file is cut to its place when nothing comes. */
static void note_content(int file, off_t at, const void *content, size_t bytes) {
    struct stat status;
    char path[PATH_MAX];
    if (!is_noted(file, &status, path)) return;
    struct note one = {.kind = CONTENT, .inode = status.st_ino};
    if (at < 0) at = fcntl(file, F_GETFL) & O_APPEND ? status.st_size : lseek(file, 0, SEEK_CUR);
    size_t until = content ? (size_t)at + bytes : (size_t)status.st_size;
    if (until > (size_t)status.st_size) until = (size_t)status.st_size;
    one.at = (uint64_t)at;
    one.size_before = (uint64_t)status.st_size;
    one.before = until > (size_t)at ? until - (size_t)at : 0;
    one.after = content ? bytes : 0;
    void *before = malloc(one.before + 1);
    int again = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (before == NULL || again < 0 || pread(again, before, one.before, at) != (ssize_t)one.before) abort();
    close(again);
    note(one, NULL, NULL, before, content);
    free(before);
}

/* A second name for what is about to lose its own, under which it can be found again. */
static const char *keep(const char *path, char *name) {
    snprintf(name, PATH_MAX, "%skept-%u", root, kept++);
    return syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name, 0) == 0 ? name : NULL;
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
    struct stat status;
    char path[PATH_MAX];
    int is_folder = 0, is_known = is_noted(file, &status, path);
    if (is_known) is_folder = S_ISDIR(status.st_mode);
    /* Nothing is written meanwhile, so that what comes after the note was not flushed. */
    struct note one = {.kind = is_folder ? FOLDER_FLUSHED : FLUSHED, .inode = is_known ? status.st_ino : 0};
    if (is_known) pthread_mutex_lock(&noting);
    int done = (int)syscall(call, file);
    if (is_known && done == 0) note(one, is_folder ? path : NULL, NULL, NULL, NULL);
    if (is_known) pthread_mutex_unlock(&noting);
    return done;
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

/* Writes at a place, or where the file stands when the place is below 0. */
static ssize_t put(int file, const void *content, size_t bytes, off_t at) {
    size_t fits = fitting(file, at, bytes);
    if (fits == 0 && bytes != 0) {
        errno = ENOSPC;
        return -1;
    }
    int is_noted = machine->disk == LOSES_POWER && fits != 0;
    if (is_noted) pthread_mutex_lock(&noting);
    if (is_noted) note_content(file, at, content, fits);
    ssize_t done =
        at < 0 ? syscall(SYS_write, file, content, fits) : syscall(SYS_pwrite64, file, content, fits, at);
    if (is_noted) pthread_mutex_unlock(&noting);
    return done;
}

ssize_t write(int file, const void *content, size_t bytes) { return put(file, content, bytes, -1); }

ssize_t pwrite(int file, const void *content, size_t bytes, off_t at) {
    if (at >= 0) return put(file, content, bytes, at);
    errno = EINVAL;
    return -1;
}

ssize_t pwrite64(int file, const void *content, size_t bytes, off_t at) { return pwrite(file, content, bytes, at); }

int ftruncate(int file, off_t size) {
    if (machine->disk != LOSES_POWER) return (int)syscall(SYS_ftruncate, file, size);
    pthread_mutex_lock(&noting);
    note_content(file, size, NULL, 0);
    int done = (int)syscall(SYS_ftruncate, file, size);
    pthread_mutex_unlock(&noting);
    return done;
}

int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (machine->disk != LOSES_POWER || !(flags & (O_CREAT | O_TRUNC)) || !is_ours(path))
        return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    pthread_mutex_lock(&noting);
    int is_new = access(path, F_OK) != 0;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, flags & (is_new ? ~0 : ~O_TRUNC), mode);
    if (file >= 0 && is_new) note((struct note){.kind = MADE}, path, NULL, NULL, NULL);
    if (file >= 0 && !is_new && flags & O_TRUNC) {
        note_content(file, 0, NULL, 0);
        if (syscall(SYS_ftruncate, file, 0) != 0) abort();
    }
    pthread_mutex_unlock(&noting);
    return file;
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open(path, flags, mode);
}

int mkdir(const char *path, mode_t mode) {
    int is_noted = machine->disk == LOSES_POWER && is_ours(path);
    pthread_mutex_lock(&noting);
    int done = (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (is_noted && done == 0) note((struct note){.kind = MADE}, path, NULL, NULL, NULL);
    pthread_mutex_unlock(&noting);
    return done;
}

int rename(const char *path, const char *to) {
    int is_noted = machine->disk == LOSES_POWER && is_ours(path);
    char name[PATH_MAX];
    pthread_mutex_lock(&noting);
    /* What lay at the new place loses its name: that comes first when it is taken back. */
    if (is_noted && access(to, F_OK) == 0) note((struct note){.kind = REMOVED}, to, keep(to, name), NULL, NULL);
    if (is_noted) note((struct note){.kind = RENAMED}, path, to, NULL, NULL);
    int done = (int)syscall(SYS_renameat, AT_FDCWD, path, AT_FDCWD, to);
    pthread_mutex_unlock(&noting);
    return done;
}

int unlink(const char *path) {
    int is_noted = machine->disk == LOSES_POWER && is_ours(path);
    char name[PATH_MAX];
    pthread_mutex_lock(&noting);
    if (is_noted && access(path, F_OK) == 0) note((struct note){.kind = REMOVED}, path, keep(path, name), NULL, NULL);
    int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    pthread_mutex_unlock(&noting);
    return done;
}
