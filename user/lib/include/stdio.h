/*
 * Formatted and buffered input and output. stdout is written line by line (also into files
 * and pipes, so that nothing is written twice after fork()), stderr at once; setvbuf() changes
 * that. Lengths hh h l ll z t j; %d %i %u %x %X %o %c %s %p %n %%, and %f (below 2^64).
 */
#ifndef _STDIO_H
#define _STDIO_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#define EOF	     (-1)
#define BUFSIZ	     4096
#define FILENAME_MAX 4096
#define L_tmpnam     20

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

#define _IOFBF 0 /* buffered fully */
#define _IOLBF 1 /* by line */
#define _IONBF 2 /* not at all */

typedef struct _FILE FILE;

extern FILE *const stdin;
extern FILE *const stdout;
extern FILE *const stderr;
#define stdin  stdin
#define stdout stdout
#define stderr stderr

FILE *fopen(const char *path, const char *mode);
FILE *fdopen(int fd, const char *mode);
FILE *freopen(const char *path, const char *mode, FILE *file);
int fclose(FILE *file);
/* A command with its input or output connected to the file; pclose() gives its status. */
FILE *popen(const char *command, const char *mode);
int pclose(FILE *file);
int fflush(FILE *file); /* NULL: all */
int setvbuf(FILE *file, char *buf, int mode, size_t size);
void setbuf(FILE *file, char *buf);
void setlinebuf(FILE *file);
int fileno(FILE *file);
int feof(FILE *file);
int ferror(FILE *file);
void clearerr(FILE *file);
int fseek(FILE *file, long offset, int whence);
int fseeko(FILE *file, off_t offset, int whence);
long ftell(FILE *file);
off_t ftello(FILE *file);
void rewind(FILE *file);

int fputc(int c, FILE *file);
int putc(int c, FILE *file);
int putchar(int c);
int fputs(const char *s, FILE *file);
int puts(const char *s);
size_t fwrite(const void *data, size_t size, size_t count, FILE *file);

int fgetc(FILE *file);
int getc(FILE *file);
int getchar(void);
int ungetc(int c, FILE *file);
char *fgets(char *buf, int size, FILE *file);
size_t fread(void *data, size_t size, size_t count, FILE *file);
/* A whole line with its end, in malloc'ed memory that grows; its length, or -1 at the end. */
ssize_t getline(char **line, size_t *size, FILE *file);
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file);

int printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *file, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int dprintf(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int asprintf(char **s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int vprintf(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));
int vfprintf(FILE *file, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
int vdprintf(int fd, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
int vsprintf(char *buf, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));
int vasprintf(char **s, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

int scanf(const char *fmt, ...) __attribute__((format(scanf, 1, 2)));
int fscanf(FILE *file, const char *fmt, ...) __attribute__((format(scanf, 2, 3)));
int sscanf(const char *s, const char *fmt, ...) __attribute__((format(scanf, 2, 3)));
int vscanf(const char *fmt, va_list args) __attribute__((format(scanf, 1, 0)));
int vfscanf(FILE *file, const char *fmt, va_list args) __attribute__((format(scanf, 2, 0)));
int vsscanf(const char *s, const char *fmt, va_list args) __attribute__((format(scanf, 2, 0)));

int remove(const char *path);
int rename(const char *from, const char *to);
int renameat(int fromfd, const char *from, int tofd, const char *to);

/* "what: sentence of errno" on stderr. */
void perror(const char *what);

#endif
