/*
 * Types of the system's calls on i386. Offsets in files have 64 bits everywhere; struct stat
 * and struct dirent are the kernel's 64-bit ones.
 */
#ifndef _SYS_TYPES_H
#define _SYS_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef int ssize_t;
typedef int pid_t;
typedef int id_t;
typedef long long off_t;
typedef long long loff_t;
typedef long long off64_t;
typedef unsigned int mode_t;
typedef unsigned int uid_t;
typedef unsigned int gid_t;
typedef unsigned int nlink_t;
typedef unsigned long long dev_t;
typedef unsigned long long ino_t;
typedef long blksize_t;
typedef long long blkcnt_t;
typedef unsigned long long fsblkcnt_t;
typedef long time_t;
typedef long suseconds_t;
typedef unsigned long useconds_t;
typedef long clock_t;
typedef int clockid_t;
typedef unsigned int u_int;
typedef unsigned long u_long;
typedef unsigned char u_char;

#endif
