/*
 * Files whose text the kernel makes up as a list of records, one line or more
 * each. A file gives four operations; reading in pieces of any size is done here.
 * Record positions are the file's own numbers: an index, or an address.
 */
#ifndef FOLIO_FS_SEQ_FILE_H
#define FOLIO_FS_SEQ_FILE_H

#include "kernel/fs/fs.h"
#include "kernel/mutex.h"

struct seq_file;

struct seq_operations {
	/*
	 * Find the first record at *pos or behind it; NULL: there is none. May take
	 * locks, which stop() gives back; stop() is called after every start().
	 */
	void *(*start)(struct seq_file *m, loff_t *pos);
	/* The record after `v`, with *pos moved to it. */
	void *(*next)(struct seq_file *m, void *v, loff_t *pos);
	void (*stop)(struct seq_file *m, void *v);
	/* Print a record by seq_printf(). */
	void (*show)(struct seq_file *m, void *v);
};

struct seq_file {
	struct mutex lock; /* all of this; readers of one open file take turns */
	char *buf;	   /* text not yet read; NULL until the first read */
	size_t size;
	size_t from, count; /* buf[from .. from+count) is still to be read */
	bool overflow;	    /* a record did not fit */
	u64 index;	    /* of the next record */
	const struct seq_operations *op;
};

/*
 * seq_open - a new file over `op` with one reference, or ERR_PTR(-ENOMEM). May sleep.
 */
struct file *seq_open(struct inode *inode, const struct seq_operations *op, const char *name);

/* seq_printf - add to the record that is being shown. */
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);

/* seq_pad - fill with blanks up to `column` of the record (at least one), then `text`. */
void seq_pad(struct seq_file *m, size_t record, size_t column, const char *text);

#endif
