/*
 * Files whose text the kernel makes up as a list of records, one line or more
 * each. A file gives four operations; reading in pieces of any size, and from any position, is done
 * here. Record positions are the file's own numbers: an index, or an address.
 */
#ifndef FOLIO_FS_SEQ_FILE_H
#define FOLIO_FS_SEQ_FILE_H

#include "kernel/fs/fs.h"
#include "kernel/mutex.h"

struct seq_file;

struct seq_operations {
	/*
	 * Find the first record at *pos or behind it; NULL: there is none; or ERR_PTR, which the
	 * read returns. May take locks, which stop() gives back; stop() is called after every
	 * start().
	 */
	void *(*start)(struct seq_file *m, u64 *pos);
	/* The record after `v`, with *pos moved to it. */
	void *(*next)(struct seq_file *m, void *v, u64 *pos);
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
	loff_t read_pos;    /* what the text to be read next is the position of */
	const struct seq_operations *op;
	void (*show)(struct seq_file *m, void *v); /* of single_open() */
	void *private;				   /* the opener's own */
};

/*
 * seq_open - f_op->open of such a file: gives it a seq_file, file->private_data. 0 or -ENOMEM.
 * single_open - the same for a file of one record, made by `show`; m->private is `data`.
 * seq_read, seq_lseek, seq_release - the f_op of the same names. All may sleep.
 */
int seq_open(struct file *file, const struct seq_operations *op);
int single_open(struct file *file, void (*show)(struct seq_file *m, void *v), void *data);
ssize_t seq_read(struct file *file, char __user *buf, size_t count, loff_t *pos);
loff_t seq_lseek(struct file *file, loff_t offset, int whence);
void seq_release(struct file *file);

/* seq_printf, seq_puts, seq_putc - add to the record that is being shown. */
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);

/* seq_escape - a string with blanks and line ends as \ooo, as /proc shows names. */
void seq_escape(struct seq_file *m, const char *s, const char *special);

/* seq_pad - fill with blanks up to `column` of the record (at least one), then `text`. */
void seq_pad(struct seq_file *m, size_t record, size_t column, const char *text);

#endif
