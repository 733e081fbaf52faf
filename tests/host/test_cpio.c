/*
 * kernel/fs/cpio.c against good archives, each single fault, cuts at every byte, and random damage.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "kernel/fs/cpio.h"

static char *bytes; /* exactly as long as the archive: the sanitizer sees every byte too far */
static size_t length;

static void read_bytes(void *ctx, unsigned long at, void *buf, unsigned long len)
{
	(void)ctx;
	memcpy(buf, bytes + at, len);
}

static void set_archive(const char *data, size_t size)
{
	free(bytes);
	bytes = malloc(size + !size);
	memcpy(bytes, data, size);
	length = size;
}

static char built[8192];
static size_t built_size;

static void pad(void)
{
	while (built_size & 3)
		built[built_size++] = 0;
}

static void add(const char *magic, const char *name, unsigned mode, const char *data,
		unsigned check)
{
	built_size += (size_t)sprintf(built + built_size,
				      "%s%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
				      magic, 7, mode, 1, 2, 1, 0x5e000000, (unsigned)strlen(data),
				      0, 0, 0, 0, (unsigned)strlen(name) + 1, check);
	strcpy(built + built_size, name);
	built_size += strlen(name) + 1;
	pad();
	memcpy(built + built_size, data, strlen(data));
	built_size += strlen(data);
	pad();
}

static void build(void)
{
	memset(built, 0, sizeof(built));
	built_size = 0;
	add("070701", "bin", 040755, "", 0);
	add("070701", "bin/true", 0100755, "contents", 0);
	add("070701", "etc", 0120777, "bin", 0);
	add("070701", "TRAILER!!!", 0, "", 0);
}

static const char *verdict(void)
{
	const struct cpio_source source = {.size = length, .read = read_bytes};
	static char name[CPIO_NAME_MAX];
	unsigned long at;

	return cpio_check(&source, name, &at);
}

HOST_TEST(good, "entries come with names, numbers and the places of their contents")
{
	const struct cpio_source source = {.read = read_bytes, .size = 0};
	struct cpio_source s = source;
	struct cpio_header h;
	char name[CPIO_NAME_MAX];
	unsigned long at = 0;
	const char *why;

	build();
	set_archive(built, built_size);
	s.size = length;
	check(!verdict());
	check_eq(cpio_next(&s, &at, &h, name, &why), 0);
	check_str(name, "bin");
	check_eq(h.mode, 040755u);
	at = cpio_after(at, &h);
	check_eq(cpio_next(&s, &at, &h, name, &why), 0);
	check_str(name, "bin/true");
	check_eq(h.filesize, 8u);
	check_eq(h.uid, 1u);
	check_eq(h.gid, 2u);
	check_eq(h.mtime, 0x5e000000u);
	check(!memcmp(bytes + at, "contents", 8));
	at = cpio_after(at, &h);
	check_eq(cpio_next(&s, &at, &h, name, &why), 0);
	at = cpio_after(at, &h);
	check_eq(cpio_next(&s, &at, &h, name, &why), 1);
}

HOST_TEST(several, "archives follow each other, with zeros between and behind")
{
	build();
	memset(built + built_size, 0, 100);
	built_size += 100;
	add("070701", "second", 0100644, "xyz", 0);
	add("070701", "TRAILER!!!", 0, "", 0);
	set_archive(built, built_size + 200);
	check(!verdict());
}

HOST_TEST(sum, "a checksum is believed only if it is right")
{
	memset(built, 0, sizeof(built));
	built_size = 0;
	add("070702", "f", 0100644, "abc", 'a' + 'b' + 'c');
	add("070701", "TRAILER!!!", 0, "", 0);
	set_archive(built, built_size);
	check(!verdict());
	bytes[CPIO_HEADER_SIZE + 2]++; /* the contents begin there: name and its 0 fill up to 112 */
	check_str(verdict(), "a file's checksum is wrong");
}

HOST_TEST(cut, "an archive that is cut anywhere before its trailer is damaged")
{
	size_t whole;

	build();
	whole = built_size;
	for (size_t size = 0; size < whole; size++) {
		set_archive(built, size);
		if (size + 2 < whole - 4) /* the last bytes fill up only */
			check(verdict() != NULL);
	}
}

HOST_TEST(faults, "each kind of damage has its sentence")
{
	build();
	set_archive(built, built_size);
	bytes[5] = '3';
	check_str(verdict(), "a header does not begin with 070701");
	set_archive(built, built_size);
	bytes[20] = 'g';
	check_str(verdict(), "a number in a header is none");
	set_archive(built, built_size);
	memcpy(bytes + 94, "00000001", 8);
	check_str(verdict(), "a name has an impossible length");
	memcpy(bytes + 94, "00001001", 8);
	check_str(verdict(), "a name has an impossible length");
	memcpy(bytes + 94, "00000fff", 8);
	check_str(verdict(), "it ends in the middle of a name");
	memcpy(bytes + 94, "00000003", 8);
	check_str(verdict(), "a name has no end");
	set_archive(built, built_size);
	memcpy(bytes + 54, "ffffffff", 8);
	check_str(verdict(), "it ends in the middle of a file");
	built[built_size++] = 1;
	set_archive(built, built_size);
	check(verdict() != NULL);
}

HOST_TEST(magic, "what is not plain cpio is called by its name")
{
	const char *what = NULL;

	check_eq(cpio_what_is((const u8 *)"070701", &what), CPIO_NEWC);
	check_eq(cpio_what_is((const u8 *)"\x1f\x8b\x08\x00\x00\x00", &what), CPIO_REFUSED);
	check_str(what, "compressed with gzip");
	check_eq(cpio_what_is((const u8 *)"\xfd\x37zXZ\x00", &what), CPIO_REFUSED);
	check_str(what, "compressed with xz");
	check_eq(cpio_what_is((const u8 *)"\x28\xb5\x2f\xfd\x00\x00", &what), CPIO_REFUSED);
	check_str(what, "compressed with zstd");
	check_eq(cpio_what_is((const u8 *)"070707", &what), CPIO_REFUSED);
	check_eq(cpio_what_is((const u8 *)"\x7f"
					  "ELF\1\1",
			      &what),
		 CPIO_NOT);
}

HOST_TEST(random, "random damage: refused or read, never beyond the end")
{
	unsigned int refused = 0;
	struct prng rng;

	host_seed(&rng);
	for (int i = 0; i < 50000; i++) {
		build();
		for (u32 n = 1 + prng_below(&rng, 4); n; n--)
			built[prng_below(&rng, (u32)built_size)] = (char)prng_next(&rng);
		set_archive(built, prng_below(&rng, 4) ? built_size
						       : prng_below(&rng, (u32)built_size + 1));
		refused += verdict() != NULL;
	}
	host_note("%u of 50000 refused", refused);
	check(refused > 10000 && refused < 50000);
}
