/* kernel/lib/string.c against the host's C library, over random contents and alignments. */
#define _GNU_SOURCE
#include "tests/host/shim/rename_string.h"
#include "kernel/lib/string.h"
#include "tests/host/shim/unrename_string.h"

#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "kernel/lib/errno.h"

#define AREA 300

/* Two areas with the same contents: one for the C library, one for us. */
static unsigned char theirs[AREA], ours[AREA];

static void same_areas(void)
{
	check(memcmp(theirs, ours, AREA) == 0);
}

static void fill_areas(struct prng *rng, unsigned int values)
{
	unsigned int i;

	for (i = 0; i < AREA; i++)
		theirs[i] = ours[i] = (unsigned char)prng_below(rng, values);
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

HOST_TEST(copy, "memcpy, memmove and memset: every small length and alignment, no byte outside")
{
	unsigned int from, to, n;
	struct prng rng;

	host_seed(&rng);
	for (from = 0; from < 5; from++) {
		for (to = 0; to < 5; to++) {
			for (n = 0; n < 70; n++) {
				fill_areas(&rng, 256);
				memcpy(theirs + 100 + to, theirs + from, n);
				check(folio_memcpy(ours + 100 + to, ours + from, n) ==
				      ours + 100 + to);
				same_areas();
				memset(theirs + to, (int)(n * 77), n);
				check(folio_memset(ours + to, (int)(n * 77), n) == ours + to);
				same_areas();
			}
		}
	}
}

HOST_TEST(overlap, "memmove: every overlap, both ways")
{
	struct prng rng;
	unsigned int from, to, n;

	host_seed(&rng);
	for (from = 0; from < 40; from++) {
		for (to = 0; to < 40; to++) {
			for (n = 0; n < 40; n++) {
				fill_areas(&rng, 256);
				memmove(theirs + to, theirs + from, n);
				check(folio_memmove(ours + to, ours + from, n) == ours + to);
				same_areas();
			}
		}
	}
}

/* A function that std left set would run this copy backwards. */
HOST_TEST(direction, "memmove leaves the direction flag clear")
{
	unsigned long flags;

	folio_memmove(ours + 1, ours, 50);
	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags));
	check_eq(flags & 0x400, 0);
}

HOST_TEST(compare, "memcmp, strcmp, strncmp: the sign and bytes above 127")
{
	struct prng rng;
	unsigned int step;

	host_seed(&rng);
	for (step = 0; step < 20000; step++) {
		unsigned int n = prng_below(&rng, 20), at = prng_below(&rng, 20);
		char *a = (char *)theirs, *b = (char *)ours;

		fill_areas(&rng, 256);
		a[20] = b[20] = '\0';
		if (prng_below(&rng, 3))
			b[at] = (char)prng_next(&rng);
		if (prng_below(&rng, 3) == 0)
			a[at] = '\0';
		check_eq(sign(folio_memcmp(a, b, n)), sign(memcmp(a, b, n)));
		check_eq(sign(folio_strcmp(a, b)), sign(strcmp(a, b)));
		check_eq(sign(folio_strncmp(a, b, n)), sign(strncmp(a, b, n)));
	}
}

HOST_TEST(search, "strlen, strchr, strstr and their kin find what the C library finds")
{
	char *s = (char *)theirs, set[4];
	struct prng rng;
	unsigned int step;

	host_seed(&rng);
	for (step = 0; step < 50000; step++) {
		unsigned int n = prng_below(&rng, 30), i;
		int c = prng_below(&rng, 8) ? (int)('a' + prng_below(&rng, 4)) : 0;

		fill_areas(&rng, 4);
		for (i = 0; i < 30; i++)
			s[i] = (char)(s[i] + 'a');
		s[n] = '\0';
		for (i = 0; i < 3; i++)
			set[i] = (char)('a' + prng_below(&rng, 5));
		set[prng_below(&rng, 4)] = '\0';
		set[3] = '\0';
		check_eq(folio_strlen(s), strlen(s));
		check_eq(folio_strnlen(s, 13), strnlen(s, 13));
		check(folio_strchr(s, c) == strchr(s, c));
		check(folio_strrchr(s, c) == strrchr(s, c));
		check(folio_strstr(s, set) == strstr(s, set));
		check_eq(folio_strspn(s, set), strspn(s, set));
		check_eq(folio_strcspn(s, set), strcspn(s, set));
		check(folio_strpbrk(s, set) == strpbrk(s, set));
		check(folio_memchr(s, c, n) == memchr(s, c, n));
	}
}

HOST_TEST(memchr_inv, "memchr_inv finds the first other byte")
{
	unsigned int i;

	memset(ours, 0x6b, AREA);
	check(memchr_inv(ours, 0x6b, AREA) == NULL);
	check(memchr_inv(ours, 0x16b, AREA) == NULL);
	for (i = 0; i < AREA; i++) {
		ours[i] = 0x6a;
		check(memchr_inv(ours, 0x6b, AREA) == ours + i);
		check(memchr_inv(ours, 0x6b, i) == NULL);
		ours[i] = 0x6b;
	}
}

HOST_TEST(strsep, "strsep cuts as the C library's")
{
	static const char *const texts[] = {"a,b", "", ",", "a", ",a,,b;c,", "one;two,three"};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		char a[32], b[32], *p = a, *q = b, *x, *y;

		strcpy(a, texts[i]);
		strcpy(b, texts[i]);
		do {
			x = strsep(&p, ",;");
			y = folio_strsep(&q, ",;");
			check(!x == !y && !p == !q);
			if (x)
				check_str(y, x);
		} while (x);
	}
}

/* Each buffer is exactly as large as it is said to be, so that the sanitizer sees one byte more. */
HOST_TEST(bounded, "strlcpy, strlcat and strscpy never write or read too much and always end")
{
	const char *text = "0123456789";
	size_t size, len, had;

	for (size = 0; size < 14; size++) {
		for (len = 0; len <= 10; len++) {
			char *dst = malloc(size), *src = strdup(text + 10 - len);
			size_t n = len < size ? len : size - 1;

			check_eq(strlcpy(dst, src, size), len);
			if (size)
				check(strncmp(dst, src, n) == 0 && dst[n] == '\0');
			check_eq(strscpy(dst, src, size), len < size ? (long)len : -E2BIG);
			if (size)
				check(strncmp(dst, src, n) == 0 && dst[n] == '\0');
			for (had = 0; had < size; had++) {
				memset(dst, 'x', had);
				dst[had] = '\0';
				check_eq(strlcat(dst, src, size), had + len);
				check_eq(strlen(dst), min(had + len, size - 1));
				check(strncmp(dst + had, src, strlen(dst + had)) == 0);
			}
			free(src);
			free(dst);
		}
	}
}

HOST_TEST(strscpy_reads, "strscpy needs no end of the source beyond what it copies")
{
	char *src = malloc(4), dst[4];

	memcpy(src, "abcd", 4);
	check_eq(strscpy(dst, src, 4), -E2BIG);
	check_str(dst, "abc");
	free(src);
}

HOST_TEST(strim, "strim takes white space off both ends")
{
	static const char *const cases[][2] = {
		{"", ""}, {" \t\n", ""}, {"a", "a"}, {"  a b\n", "a b"}, {"a b", "a b"},
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char buf[16];

		strcpy(buf, cases[i][0]);
		check_str(strim(buf), cases[i][1]);
	}
}
