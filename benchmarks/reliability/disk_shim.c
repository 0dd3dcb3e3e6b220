/* A layer between a process and its disk, for LD_PRELOAD: it records what is written
 * below a folder, or has the n-th such call fail.
 *
 *   SHIM_ROOT     only files below this folder
 *   SHIM_LOG      write a record of each call here
 *   SHIM_FAIL_AT  the number of the first call that fails, from 1
 *   SHIM_ERRNO    with this error
 *   SHIM_FOREVER  1: all later calls that take room fail too, as on a full disk
 *
 * Record: one byte of kind, then int64 numbers and length-prefixed bytes.
 * Left out: writes through mmap (SQLite's -shm, which is rebuilt after a crash), io_uring
 * and system calls made without libc. copy_file_range, sendfile and writev are refused or
 * divided, so that what they write is seen.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)

static int log_fd = -2;
static long calls = 0;
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static const char *root(void) { return getenv("SHIM_ROOT"); }

static int inside(const char *path) {
    return root() && path && strncmp(path, root(), strlen(root())) == 0;
}

static int path_of(int fd, char *out) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, 4095);
    if (n < 0) return 0;
    out[n] = 0;
    return inside(out);
}

static int full_path(int dir, const char *path, char *out) {
    if (!path || !root()) return 0;
    if (path[0] == '/') snprintf(out, 4096, "%s", path);
    else if (dir == AT_FDCWD) {
        char here[2048];
        if (!getcwd(here, sizeof here)) return 0;
        snprintf(out, 4096, "%s/%s", here, path);
    } else {
        char base[4096];
        path_of(dir, base);
        if ((size_t)snprintf(out, 4096, "%s/%s", base, path) >= 4096) return 0;
    }
    return inside(out);
}

static void put(const void *data, size_t size) {
    ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (real(log_fd, data, size) != (ssize_t)size) abort();
}

static void record(char kind, int64_t one, int64_t two, const void *a, size_t an,
                   const void *b, size_t bn) {
    if (log_fd == -2) {
        const char *name = getenv("SHIM_LOG");
        int (*real)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
        log_fd = name ? real(name, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    }
    if (log_fd < 0) return;
    int64_t numbers[4] = {one, two, (int64_t)an, (int64_t)bn};
    put(&kind, 1);
    put(numbers, sizeof numbers);
    if (an) put(a, an);
    if (bn) put(b, bn);
}

static int64_t inode(int fd) {
    struct stat st;
    return fstat(fd, &st) ? 0 : (int64_t)st.st_ino;
}

/* Returns the error that this call is to end with, or 0. */
static int fails(int takes_room) {
    const char *at = getenv("SHIM_FAIL_AT");
    long n = __sync_add_and_fetch(&calls, 1);
    if (!at) return 0;
    long first = atol(at);
    int wanted = atoi(getenv("SHIM_ERRNO"));
    if (n == first) return wanted;
    if (n > first && getenv("SHIM_FOREVER") && (takes_room || wanted == EROFS)) return wanted;
    return 0;
}

#define FAIL(room, value) do { int e = fails(room); if (e) { errno = e; return value; } } while (0)
#define LOCKED(call) do { pthread_mutex_lock(&lock); call; pthread_mutex_unlock(&lock); } while (0)

long shim_calls(void) { return calls; }

static void noted_open(int fd, const char *full, int flags, int was) {
    if (fd < 0 || !(flags & O_CREAT)) { if (fd < 0 || !(flags & O_TRUNC)) return; }
    if ((flags & O_CREAT) && !was) record('c', inode(fd), 0, full, strlen(full), 0, 0);
    else if (flags & O_TRUNC) record('t', inode(fd), 0, 0, 0, 0, 0);
}

static int opened(int dir, const char *path, int flags, mode_t mode) {
    static int (*real)(int, const char *, int, ...);
    if (!real) real = dlsym(RTLD_NEXT, "openat");
    char full[4096];
    int ours = full_path(dir, path, full), was = 1;
    if (ours && (flags & (O_CREAT | O_TRUNC))) {
        was = access(full, F_OK) == 0;
        if (!was) FAIL(1, -1);
    }
    int fd;
    pthread_mutex_lock(&lock);
    fd = real(dir, path, flags, mode);
    if (ours) noted_open(fd, full, flags, was);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE() mode_t mode = 0; va_list l; va_start(l, flags); \
    if (flags & (O_CREAT | O_TMPFILE)) mode = va_arg(l, mode_t); va_end(l)
int open(const char *path, int flags, ...) { MODE(); return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(); return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int dir, const char *path, int flags, ...) { MODE(); return opened(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE(); return opened(dir, path, flags, mode); }

static ssize_t written(int fd, const void *data, size_t size, off_t at, int placed) {
    static ssize_t (*real)(int, const void *, size_t);
    static ssize_t (*placed_real)(int, const void *, size_t, off_t);
    if (!real) { real = dlsym(RTLD_NEXT, "write"); placed_real = dlsym(RTLD_NEXT, "pwrite64"); }
    char path[4096];
    int ours = fd > 2 && path_of(fd, path);
    if (ours) FAIL(1, -1);
    pthread_mutex_lock(&lock);
    ssize_t n = placed ? placed_real(fd, data, size, at) : real(fd, data, size);
    int kept = errno;
    if (ours && n > 0) record('w', inode(fd), placed ? at : lseek(fd, 0, SEEK_CUR) - n, data, n, 0, 0);
    errno = kept;
    pthread_mutex_unlock(&lock);
    return n;
}

ssize_t write(int fd, const void *data, size_t size) { return written(fd, data, size, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return written(fd, data, size, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return written(fd, data, size, at, 1); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
    for (int i = 0; i < count; i++)
        if (parts[i].iov_len) return written(fd, parts[i].iov_base, parts[i].iov_len, 0, 0);
    return 0;
}
ssize_t copy_file_range(int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f) {
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f; errno = EXDEV; return -1;
}
ssize_t sendfile(int a, int b, off_t *c, size_t d) { (void)a, (void)b, (void)c, (void)d; errno = EINVAL; return -1; }
ssize_t sendfile64(int a, int b, off64_t *c, size_t d) { (void)a, (void)b, (void)c, (void)d; errno = EINVAL; return -1; }

/* libc's own streams, which FAISS writes with, call write inside libc. */
static FILE *stream_opened(const char *path, const char *mode) {
    REAL(fopen);
    char full[4096];
    int ours = full_path(AT_FDCWD, path, full) && strpbrk(mode, "wa+"), was = 1;
    if (ours && !(was = access(full, F_OK) == 0)) FAIL(1, NULL);
    pthread_mutex_lock(&lock);
    FILE *f = real(path, mode);
    if (f && ours) {
        if (!was) record('c', inode(fileno(f)), 0, full, strlen(full), 0, 0);
        else if (mode[0] == 'w') record('t', inode(fileno(f)), 0, 0, 0, 0, 0);
    }
    pthread_mutex_unlock(&lock);
    return f;
}
FILE *fopen(const char *path, const char *mode) { return stream_opened(path, mode); }
FILE *fopen64(const char *path, const char *mode) { return stream_opened(path, mode); }
size_t fwrite(const void *data, size_t size, size_t count, FILE *f) {
    REAL(fwrite);
    char path[4096];
    int ours = f != stdout && f != stderr && root() && path_of(fileno(f), path);
    if (ours) FAIL(1, 0);
    off_t at = ours ? ftello(f) : 0;
    pthread_mutex_lock(&lock);
    size_t n = real(data, size, count, f);
    if (ours && n) record('w', inode(fileno(f)), at, data, n * size, 0, 0);
    pthread_mutex_unlock(&lock);
    return n;
}

static int synced(int fd, int (*real)(int)) {
    char path[4096];
    int ours = path_of(fd, path);
    if (ours) FAIL(0, -1);
    int r = real(fd);
    if (ours && !r) LOCKED(record('s', inode(fd), 0, path, strlen(path), 0, 0));
    return r;
}
int fsync(int fd) { REAL(fsync); return synced(fd, real); }
int fdatasync(int fd) { REAL(fdatasync); return synced(fd, real); }

static int cut(int fd, off_t size, int (*real)(int, off_t)) {
    char path[4096];
    int ours = path_of(fd, path);
    if (ours) FAIL(0, -1);
    int r = real(fd, size);
    if (ours && !r) LOCKED(record('z', inode(fd), size, 0, 0, 0, 0));
    return r;
}
int ftruncate(int fd, off_t size) { REAL(ftruncate); return cut(fd, size, real); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); return cut(fd, size, real); }
int posix_fallocate(int fd, off_t a, off_t b) { (void)fd, (void)a, (void)b; return EOPNOTSUPP; }
int fallocate(int fd, int m, off_t a, off_t b) { (void)fd, (void)m, (void)a, (void)b; errno = EOPNOTSUPP; return -1; }
int fallocate64(int fd, int m, off64_t a, off64_t b) { (void)fd, (void)m, (void)a, (void)b; errno = EOPNOTSUPP; return -1; }

static int two(char kind, int room, int da, const char *a, int db, const char *b, int (*call)(int, const char *, int, const char *)) {
    char fa[4096], fb[4096];
    int ours = full_path(db, b, fb);
    if (!full_path(da, a, fa)) snprintf(fa, sizeof fa, "%s", a);
    if (ours) FAIL(room, -1);
    pthread_mutex_lock(&lock);
    int r = call(da, a, db, b);
    if (ours && !r) record(kind, 0, 0, fa, strlen(fa), fb, strlen(fb));
    pthread_mutex_unlock(&lock);
    return r;
}
static int do_rename(int da, const char *a, int db, const char *b) { REAL(renameat); return real(da, a, db, b); }
static int do_link(int da, const char *a, int db, const char *b) { REAL(linkat); return real(da, a, db, b, 0); }
int rename(const char *a, const char *b) { return two('r', 0, AT_FDCWD, a, AT_FDCWD, b, do_rename); }
int renameat(int da, const char *a, int db, const char *b) { return two('r', 0, da, a, db, b, do_rename); }
int renameat2(int da, const char *a, int db, const char *b, unsigned f) { if (f) { errno = EINVAL; return -1; } return two('r', 0, da, a, db, b, do_rename); }
int link(const char *a, const char *b) { return two('l', 1, AT_FDCWD, a, AT_FDCWD, b, do_link); }
int linkat(int da, const char *a, int db, const char *b, int f) { (void)f; return two('l', 1, da, a, db, b, do_link); }

static int gone(int dir, const char *path, int flags) {
    REAL(unlinkat);
    char full[4096];
    int ours = full_path(dir, path, full);
    if (ours) FAIL(0, -1);
    pthread_mutex_lock(&lock);
    int r = real(dir, path, flags);
    if (ours && !r) record('u', 0, 0, full, strlen(full), 0, 0);
    pthread_mutex_unlock(&lock);
    return r;
}
int unlink(const char *path) { return gone(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return gone(AT_FDCWD, path, AT_REMOVEDIR); }
int unlinkat(int dir, const char *path, int flags) { return gone(dir, path, flags); }

static int folder(int dir, const char *path, mode_t mode) {
    REAL(mkdirat);
    char full[4096];
    int ours = full_path(dir, path, full);
    if (ours) FAIL(1, -1);
    pthread_mutex_lock(&lock);
    int r = real(dir, path, mode);
    if (ours && !r) record('m', 0, 0, full, strlen(full), 0, 0);
    pthread_mutex_unlock(&lock);
    return r;
}
int mkdir(const char *path, mode_t mode) { return folder(AT_FDCWD, path, mode); }
int mkdirat(int dir, const char *path, mode_t mode) { return folder(dir, path, mode); }
