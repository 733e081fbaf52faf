/*
 * Locks on files by agreement: record locks of fcntl(2), which belong to a process (its
 * files_struct) or, as F_OFD_ locks, to an open file; and flock(2)'s, which belong to an open file.
 * Record locks and flock's do not see each other.
 */
#ifndef FOLIO_FS_LOCKS_H
#define FOLIO_FS_LOCKS_H

#include "kernel/fs/fs.h"

#define F_RDLCK	   0
#define F_WRLCK	   1
#define F_UNLCK	   2

#define OFFSET_MAX ((loff_t)(~0ull >> 1))

enum lock_kind { LOCK_POSIX, LOCK_OFD, LOCK_FLOCK };

struct file_lock {
	struct file_lock *next; /* in inode->i_flock, by start */
	enum lock_kind kind;
	int type;		  /* F_RDLCK, F_WRLCK; F_UNLCK in a request */
	loff_t start, end;	  /* bytes, both included; OFFSET_MAX: for ever */
	const void *owner;	  /* files_struct, or the file */
	pid_t pid;		  /* who F_GETLK names */
	struct list_head waiters; /* tasks that sleep until it is gone or less */
};

/*
 * locks_set - set, change or (F_UNLCK) take away what `request` says. 0, or -ENOLCK: no memory;
 * -EAGAIN: another's lock is in the way, and `wait` is false; -EDEADLK: waiting would be for ever
 * (LOCK_POSIX only); -ERESTARTSYS: a signal came first. May sleep.
 */
int locks_set(struct inode *inode, const struct file_lock *request, bool wait);

/*
 * locks_test - a copy of a lock that is in the request's way; false: there is none. Process
 * context.
 */
bool locks_test(struct inode *inode, const struct file_lock *request, struct file_lock *found);

/*
 * locks_remove_posix - a process closes a file: all its record locks on it go, as POSIX wants it.
 * locks_remove_file - the last reference of an open file goes. Neither sleeps or fails.
 */
void locks_remove_posix(struct file *file, const void *owner);
void locks_remove_file(struct file *file);

#endif
