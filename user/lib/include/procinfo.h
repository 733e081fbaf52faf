/*
 * What /proc tells about processes and memory: read by ps, top, pmap and by the examples.
 * Everything is measured when it is asked for; -1 or false means that it could not be read.
 */
#ifndef _PROCINFO_H
#define _PROCINFO_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

/* The number behind `key` in a file of lines "key: number" or "key number". */
long long proc_number(const char *path, const char *key);
/* The same in /proc/PID/status; pid 0: the caller's own. VmSize, VmRSS, VmPTE ... are in KiB. */
long long proc_status(pid_t pid, const char *key);

/* The whole of a small file, cut to size - 1 bytes, with a 0 at the end; its length or -1. */
ssize_t proc_read(const char *path, char *buf, size_t size);

/* A line of /proc/PID/maps. */
struct proc_region {
	unsigned long start, end;
	char perm[8]; /* rwxp or rwxs, - for what is missing */
	unsigned long long offset;
	unsigned long inode;
	char path[256];
};

FILE *proc_open_maps(pid_t pid); /* pid 0: the caller's own */
bool proc_next_region(FILE *maps, struct proc_region *region);
/* The region that holds an address of the caller. */
bool proc_find_region(const void *addr, struct proc_region *region);
int proc_count_regions(pid_t pid);

/* How a page of a process is mapped now, by /proc/PID/pagemap. Frames are shown only to root. */
struct proc_page {
	bool present;
	bool swapped;
	unsigned long frame; /* its number; times 4096: its physical address */
};
bool proc_page(pid_t pid, const void *addr, struct proc_page *page);
/* How many page-table entries map a frame, by /proc/kpagecount; -1: unknown. */
long proc_frame_mappings(unsigned long frame);
/* What a frame is, by /proc/kpageflags: bits as in Linux's kernel-page-flags.h; 0: unknown. */
#define FRAME_UPTODATE	(1u << 3)
#define FRAME_DIRTY	(1u << 4)
#define FRAME_WRITEBACK (1u << 8)
uint64_t proc_frame_flags(unsigned long frame);

/* A line of /proc/PID/stat, as far as it is used here. Times are in ticks of 1/100 s. */
struct proc_stat {
	pid_t pid, ppid, pgrp, session;
	int tty;
	char comm[20];
	char state;
	unsigned long minor_faults, major_faults, utime, stime;
	long nice, threads;
	unsigned long long start;
	unsigned long vsize; /* bytes */
	long rss;	     /* pages */
};
bool proc_stat(pid_t pid, struct proc_stat *st);
/* The processes there are, in the order of their numbers, in malloc'ed memory; how many. */
int proc_pids(pid_t **pids);
/* The command line with blanks between its words; [comm] when it has none. */
void proc_command(const struct proc_stat *st, char *buf, size_t size);

/* A cache of the kernel's, by its line in /proc/slabinfo. */
struct proc_cache {
	char name[32];
	unsigned long active, total, size, per_slab, pages_per_slab, slabs;
};
FILE *proc_open_slabinfo(void);
bool proc_next_cache(FILE *slabinfo, struct proc_cache *cache);

/* Bytes in three or four characters: 512, 4.0K, 13M. Returns buf, of at least 8 bytes. */
char *human_size(char *buf, unsigned long long bytes);

#endif
