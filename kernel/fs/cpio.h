/*
 * cpio archives in the "newc" format, as the kernel's first files come (cpio(5), "New ASCII
 * Format"):
 *
 *	header, 110 bytes: "070701", then 13 numbers of 8 hexadecimal digits
 *	name, ended by 0; filled up to a multiple of 4 from the header's start
 *	contents; filled up to a multiple of 4
 *
 * one after the other, the last with the name TRAILER!!!. Behind it there may be zeros, and another
 * archive. This is the part that does not know where the bytes come from or go to.
 */
#ifndef FOLIO_FS_CPIO_H
#define FOLIO_FS_CPIO_H

#include "kernel/lib/types.h"

#define CPIO_HEADER_SIZE 110u
#define CPIO_NAME_MAX	 4096u /* with its 0, as PATH_MAX */

struct cpio_header {
	u32 ino, mode, uid, gid, nlink, mtime, filesize;
	u32 devmajor, devminor, rdevmajor, rdevminor;
	u32 namesize; /* with its 0 */
	u32 check;    /* in "070702": the sum of the contents' bytes */
	bool has_check;
	bool after_trailer; /* the first of a further archive, whose inode numbers are its own */
};

/* cpio_parse_header - the numbers of a header. NULL, or what is wrong with it. */
const char *cpio_parse_header(const char raw[CPIO_HEADER_SIZE], struct cpio_header *header);

/* cpio_is_trailer - does this name end an archive? */
bool cpio_is_trailer(const char *name);

/*
 * cpio_what_is - what begins with these 6 bytes: CPIO_NEWC; CPIO_NOT; or CPIO_REFUSED, an archive
 * in another format or compressed, and *what says which.
 */
enum cpio_kind { CPIO_NOT, CPIO_NEWC, CPIO_REFUSED };
#define CPIO_MAGIC_SIZE 6u
enum cpio_kind cpio_what_is(const u8 magic[CPIO_MAGIC_SIZE], const char **what);

/* Bytes from which an archive is read, wherever they are. */
struct cpio_source {
	unsigned long size;
	/* Copy [at, at+len), which lies within size, to buf. */
	void (*read)(void *ctx, unsigned long at, void *buf, unsigned long len);
	void *ctx;
};

/*
 * cpio_next - read the header and the name at *at, which moves to the contents. 0; 1: there is
 * nothing left but zeros; -1: the archive is damaged, and *why says how. `name` has CPIO_NAME_MAX
 * bytes. A trailer is passed over.
 */
int cpio_next(const struct cpio_source *source, unsigned long *at, struct cpio_header *header,
	      char *name, const char **why);

/* cpio_after - where the header behind contents that begin at `at` is. */
static inline unsigned long cpio_after(unsigned long at, const struct cpio_header *header)
{
	return (at + header->filesize + 3) & ~3ul;
}

/*
 * cpio_check - read all of it, contents with a checksum too. NULL, or what is wrong, and *at where.
 * `name` is for working in, of CPIO_NAME_MAX bytes.
 */
const char *cpio_check(const struct cpio_source *source, char *name, unsigned long *at);

#endif
