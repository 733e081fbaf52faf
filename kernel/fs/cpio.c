/*
 * Reading the structure of cpio archives; see cpio.h. Nothing in an archive is believed before it
 * is looked at.
 */
#include "kernel/fs/cpio.h"

#include "kernel/lib/string.h"

/* ---- formats --------------------------------------------------------------------------------- */

enum cpio_kind cpio_what_is(const u8 magic[CPIO_MAGIC_SIZE], const char **what)
{
	static const struct {
		u8 bytes[CPIO_MAGIC_SIZE];
		u8 len;
		const char *what; /* NULL: what we read */
	} formats[] = {
		{"070701", 6, NULL},
		{"070702", 6, NULL},
		{"070707", 6, "in cpio's old character format"},
		{{0xc7, 0x71}, 2, "in cpio's old binary format"},
		{{0x71, 0xc7}, 2, "in cpio's old binary format"},
		{{0x1f, 0x8b}, 2, "compressed with gzip"},
		{{0xfd, '7', 'z', 'X', 'Z', 0}, 6, "compressed with xz"},
		{{0x28, 0xb5, 0x2f, 0xfd}, 4, "compressed with zstd"},
		{{0x02, 0x21, 0x4c, 0x18}, 4, "compressed with lz4"},
		{{0x04, 0x22, 0x4d, 0x18}, 4, "compressed with lz4"},
		{{'B', 'Z', 'h'}, 3, "compressed with bzip2"},
		{{0x5d, 0, 0}, 3, "compressed with lzma"},
		{{0x89, 'L', 'Z', 'O'}, 4, "compressed with lzo"},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(formats); i++) {
		if (memcmp(magic, formats[i].bytes, formats[i].len))
			continue;
		*what = formats[i].what;
		return *what ? CPIO_REFUSED : CPIO_NEWC;
	}
	return CPIO_NOT;
}

/* ---- headers --------------------------------------------------------------------------------- */

/* 8 hexadecimal digits. False: something else is among them. */
static bool parse_hex(const char *s, u32 *value)
{
	*value = 0;
	for (int i = 0; i < 8; i++) {
		char c = s[i];
		u32 digit;

		if (c >= '0' && c <= '9')
			digit = (u32)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (u32)((c | 0x20) - 'a') + 10;
		else
			return false;
		*value = *value << 4 | digit;
	}
	return true;
}

const char *cpio_parse_header(const char raw[CPIO_HEADER_SIZE], struct cpio_header *h)
{
	u32 *const fields[] = {&h->ino,	     &h->mode,	    &h->uid,	   &h->gid,
			       &h->nlink,    &h->mtime,	    &h->filesize,  &h->devmajor,
			       &h->devminor, &h->rdevmajor, &h->rdevminor, &h->namesize,
			       &h->check};

	if (memcmp(raw, "070701", 6) && memcmp(raw, "070702", 6))
		return "a header does not begin with 070701";
	h->has_check = raw[5] == '2';
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		if (!parse_hex(raw + 6 + 8 * i, fields[i]))
			return "a number in a header is none";
	if (h->namesize < 2 || h->namesize > CPIO_NAME_MAX)
		return "a name has an impossible length";
	return NULL;
}

bool cpio_is_trailer(const char *name)
{
	return !strcmp(name, "TRAILER!!!");
}

/* ---- archives -------------------------------------------------------------------------------- */

static bool fits(const struct cpio_source *source, unsigned long at, unsigned long len)
{
	return at <= source->size && len <= source->size - at;
}

/* Behind a trailer: zeros, up to the next archive or the end. */
static void skip_zeros(const struct cpio_source *source, unsigned long *at)
{
	u8 byte = 0;

	while (*at < source->size) {
		source->read(source->ctx, *at, &byte, 1);
		if (byte)
			break;
		++*at;
	}
}

/*
 * The name behind a header; *at is at the header and moves to the contents. NULL, or what is wrong.
 */
static const char *read_name(const struct cpio_source *source, unsigned long *at,
			     const struct cpio_header *header, char *name)
{
	unsigned long start = *at + CPIO_HEADER_SIZE;

	if (!fits(source, start, header->namesize))
		return "it ends in the middle of a name";
	source->read(source->ctx, start, name, header->namesize);
	if (name[header->namesize - 1])
		return "a name has no end";
	*at = (start + header->namesize + 3) & ~3ul;
	if (!fits(source, *at, header->filesize))
		return "it ends in the middle of a file";
	return NULL;
}

static const char *read_entry(const struct cpio_source *source, unsigned long *at,
			      struct cpio_header *header, char *name)
{
	char raw[CPIO_HEADER_SIZE];
	const char *why;

	if (!fits(source, *at, sizeof(raw)))
		return "it ends without a trailer";
	source->read(source->ctx, *at, raw, sizeof(raw));
	why = cpio_parse_header(raw, header);
	return why ? why : read_name(source, at, header, name);
}

int cpio_next(const struct cpio_source *source, unsigned long *at, struct cpio_header *header,
	      char *name, const char **why)
{
	for (bool after_trailer = false;; after_trailer = true) {
		*why = read_entry(source, at, header, name);
		if (*why)
			return -1;
		header->after_trailer = after_trailer;
		if (!cpio_is_trailer(name))
			return 0;
		*at = cpio_after(*at, header);
		skip_zeros(source, at);
		if (*at >= source->size)
			return 1;
		if (*at & 3) {
			*why = "what follows its trailer is no archive";
			return -1;
		}
	}
}

/* Is the sum of the contents' bytes what the header says? */
static bool sum_is_right(const struct cpio_source *source, unsigned long at,
			 const struct cpio_header *header)
{
	unsigned long left = header->filesize;
	u8 piece[64];
	u32 sum = 0;

	while (left) {
		unsigned long len = min(left, (unsigned long)sizeof(piece));

		source->read(source->ctx, at, piece, len);
		for (unsigned long i = 0; i < len; i++)
			sum += piece[i];
		at += len;
		left -= len;
	}
	return sum == header->check;
}

const char *cpio_check(const struct cpio_source *source, char *name, unsigned long *at)
{
	struct cpio_header header;
	const char *why;
	int more;

	*at = 0;
	while (!(more = cpio_next(source, at, &header, name, &why))) {
		if (header.has_check && !sum_is_right(source, *at, &header))
			return "a file's checksum is wrong";
		*at = cpio_after(*at, &header);
	}
	return more < 0 ? why : NULL;
}
