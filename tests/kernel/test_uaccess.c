/*
 * Self-tests of user-memory access: two pages of user space are mapped by hand, with
 * nothing on either side, so that every byte boundary can be tried.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/lib/string.h"
#include "mm/pgtable.h"
#include "tests/kernel/ktest.h"

#define WINDOW	   0x6fc00000ul /* a directory entry that nobody uses at boot */
#define WINDOW_END (WINDOW + 2 * PAGE_SIZE)
#define SPAN	   9 /* bytes tried on each side of a boundary */

static u8 frames[2 * PAGE_SIZE] __aligned(4096);
static pte_t table[PTRS_PER_PTE] __aligned(4096);
static u8 buffer[2 * PAGE_SIZE];

static unsigned long *window_entry(void)
{
	unsigned long *directory = __va(read_cr3() & PAGE_MASK);

	return &directory[pgd_index(WINDOW)];
}

static void map_window(struct ktest *t)
{
	if (*window_entry())
		ktest_skip(t, "the test's user addresses are in use");
	for (unsigned int i = 0; i < 2; i++)
		set_pte(&table[i], __pte(__pa(frames + i * PAGE_SIZE) | pgprot_val(PAGE_SHARED)));
	*window_entry() = __pa(table) | _PAGE_TABLE;
	for (size_t i = 0; i < sizeof(frames); i++)
		frames[i] = (u8)(i * 7 + (i >> 8));
}

static void flush_window(void)
{
	write_cr3(read_cr3());
}

static void unmap_window(struct ktest *t)
{
	(void)t;
	if ((*window_entry() & PAGE_MASK) == __pa(table))
		*window_entry() = 0;
	flush_window();
}

static void test_access_ok(struct ktest *t)
{
	KT_EXPECT(t, access_ok((void *)0, 1));
	KT_EXPECT(t, access_ok((void *)(TASK_SIZE - 1), 1));
	KT_EXPECT(t, access_ok((void *)TASK_SIZE, 0));
	KT_EXPECT(t, access_ok((void *)0, TASK_SIZE));
	KT_EXPECT(t, !access_ok((void *)(TASK_SIZE - 1), 2));
	KT_EXPECT(t, !access_ok((void *)TASK_SIZE, 1));
	KT_EXPECT(t, !access_ok((void *)0xffffffff, 1));
	KT_EXPECT(t, !access_ok((void *)0xffffffff, 0xffffffff));
	KT_EXPECT(t, !access_ok((void *)1, TASK_SIZE));
	KT_EXPECT(t, !access_ok((void *)0x1000, 0xfffff000));
}

/* Every length and alignment across the upper end: what is there is copied, no byte more. */
static void test_copy_from_user_is_exact(struct ktest *t)
{
	for (unsigned long from = WINDOW_END - SPAN; from <= WINDOW_END; from++) {
		for (unsigned long n = 0; n <= 2 * SPAN; n++) {
			unsigned long there = min(n, WINDOW_END - from);

			memset(buffer, 0xaa, sizeof(buffer));
			KT_ASSERT_EQ(t, copy_from_user(buffer, (void *)from, n), n - there);
			KT_ASSERT_EQ(t, memcmp(buffer, frames + (from - WINDOW), there), 0);
			KT_ASSERT(t, !memchr_inv(buffer + there, 0, n - there));
			KT_ASSERT_EQ(t, buffer[n], 0xaa);
		}
	}
}

static void test_copy_to_user_is_exact(struct ktest *t)
{
	for (unsigned int i = 0; i < SPAN * 2; i++)
		buffer[i] = (u8)(0x80 + i);
	for (unsigned long to = WINDOW_END - SPAN; to <= WINDOW_END; to++) {
		for (unsigned long n = 0; n <= 2 * SPAN; n++) {
			unsigned long there = min(n, WINDOW_END - to);
			u8 *frame = frames + (to - WINDOW);

			memset(frames + sizeof(frames) - SPAN, 0, SPAN);
			KT_ASSERT_EQ(t, copy_to_user((void *)to, buffer, n), n - there);
			KT_ASSERT_EQ(t, memcmp(frame, buffer, there), 0);
			KT_ASSERT(t, !memchr_inv(frame + there, 0,
						 sizeof(frames) - (to - WINDOW) - there));
		}
	}
}

/* A hole in the middle: the first page, then nothing. */
static void test_copy_stops_at_a_hole(struct ktest *t)
{
	set_pte(&table[1], __pte(0));
	flush_window();
	for (unsigned long back = 0; back <= SPAN; back++) {
		void *from = (void *)(WINDOW + PAGE_SIZE - back);

		KT_EXPECT_EQ(t, copy_from_user(buffer, from, 100), 100 - back);
		KT_EXPECT_EQ(t, copy_to_user(from, buffer, 100), 100 - back);
		KT_EXPECT_EQ(t, clear_user(from, 100), 100 - back);
	}
	KT_EXPECT_EQ(t, copy_from_user(buffer, (void *)(WINDOW - 4), 8), 8ul);
}

static void test_clear_user(struct ktest *t)
{
	for (unsigned long n = 0; n <= SPAN; n++) {
		memset(frames, 0xff, 64);
		KT_EXPECT_EQ(t, clear_user((void *)(WINDOW + 3), n), 0ul);
		KT_EXPECT_EQ(t, frames[2], 0xff);
		KT_EXPECT(t, !memchr_inv(frames + 3, 0, n));
		KT_EXPECT_EQ(t, frames[3 + n], 0xff);
	}
	KT_EXPECT_EQ(t, clear_user((void *)(WINDOW_END - 5), 8), 3ul);
	KT_EXPECT_EQ(t, clear_user((void *)TASK_SIZE, 8), 8ul);
}

/* The kernel obeys the page's protection: CR0.WP. */
static void test_read_only_page(struct ktest *t)
{
	u8 before = frames[0];

	set_pte(&table[0], pte_wrprotect(table[0]));
	flush_window();
	KT_EXPECT_EQ(t, copy_from_user(buffer, (void *)WINDOW, 4), 0ul);
	KT_EXPECT_EQ(t, copy_to_user((void *)WINDOW, "abcd", 4), 4ul);
	KT_EXPECT_EQ(t, put_user((u8)(before + 1), (u8 *)WINDOW), -EFAULT);
	KT_EXPECT_EQ(t, frames[0], before);
}

static void test_get_and_put(struct ktest *t)
{
	u8 b = 0;
	u16 w = 0;
	u32 l = 0;
	u64 q = 0;

	memcpy(frames, "\x11\x22\x33\x44\x55\x66\x77\x88", 8);
	KT_EXPECT_EQ(t, get_user(b, (u8 *)WINDOW), 0);
	KT_EXPECT_EQ(t, get_user(w, (u16 *)(WINDOW + 1)), 0);
	KT_EXPECT_EQ(t, get_user(l, (u32 *)(WINDOW + 3)), 0);
	KT_EXPECT_EQ(t, get_user(q, (u64 *)WINDOW), 0);
	KT_EXPECT_EQ(t, b, 0x11);
	KT_EXPECT_EQ(t, w, 0x3322);
	KT_EXPECT_EQ(t, l, 0x77665544u);
	KT_EXPECT_EQ(t, q, 0x8877665544332211ull);

	KT_EXPECT_EQ(t, put_user((u8)1, (u8 *)(WINDOW + 8)), 0);
	KT_EXPECT_EQ(t, put_user((u16)0x0302, (u16 *)(WINDOW + 9)), 0);
	KT_EXPECT_EQ(t, put_user(0x07060504u, (u32 *)(WINDOW + 11)), 0);
	KT_EXPECT_EQ(t, put_user(0x0f0e0d0c0b0a0908ull, (u64 *)(WINDOW + 15)), 0);
	for (unsigned int i = 1; i <= 15; i++)
		KT_EXPECT_EQ(t, frames[7 + i], i);
}

/* Objects that reach over the end of what is mapped. */
static void test_get_and_put_fail(struct ktest *t)
{
	u16 w = 9;
	u32 l = 9;
	u64 q = 9;

	for (unsigned long missing = 1; missing < 2; missing++)
		KT_EXPECT_EQ(t, get_user(w, (u16 *)(WINDOW_END - 2 + missing)), -EFAULT);
	for (unsigned long missing = 1; missing < 4; missing++) {
		KT_EXPECT_EQ(t, get_user(l, (u32 *)(WINDOW_END - 4 + missing)), -EFAULT);
		KT_EXPECT_EQ(t, put_user(7u, (u32 *)(WINDOW_END - 4 + missing)), -EFAULT);
	}
	for (unsigned long missing = 1; missing < 8; missing++) {
		KT_EXPECT_EQ(t, get_user(q, (u64 *)(WINDOW_END - 8 + missing)), -EFAULT);
		KT_EXPECT_EQ(t, put_user(7ull, (u64 *)(WINDOW_END - 8 + missing)), -EFAULT);
	}
	KT_EXPECT_EQ(t, w, 0);
	KT_EXPECT_EQ(t, l, 0u);
	KT_EXPECT_EQ(t, q, 0ull);
	KT_EXPECT_EQ(t, get_user(l, (u32 *)(TASK_SIZE - 2)), -EFAULT);
	KT_EXPECT_EQ(t, get_user(l, (u32 *)0xfffffffeul), -EFAULT);
	KT_EXPECT_EQ(t, put_user(1u, (u32 *)0xc0100000ul), -EFAULT);
}

static void test_strings(struct ktest *t)
{
	char dst[64];

	memcpy(frames + sizeof(frames) - 6, "hello", 6);
	KT_EXPECT_EQ(t, strncpy_from_user(dst, (char *)(WINDOW_END - 6), 64), 5l);
	KT_EXPECT_STREQ(t, dst, "hello");
	KT_EXPECT_EQ(t, strncpy_from_user(dst, (char *)(WINDOW_END - 6), 5), 5l);
	KT_EXPECT_EQ(t, strncpy_from_user(dst, (char *)(WINDOW_END - 6), 3), 3l);
	KT_EXPECT_EQ(t, strncpy_from_user(dst, (char *)(WINDOW_END - 6), 0), 0l);
	KT_EXPECT_EQ(t, strnlen_user((char *)(WINDOW_END - 6), 64), 6l);
	KT_EXPECT_LT(t, 3l, strnlen_user((char *)(WINDOW_END - 6), 3));

	frames[sizeof(frames) - 1] = 'o';
	KT_EXPECT_EQ(t, strncpy_from_user(dst, (char *)(WINDOW_END - 6), 64), (long)-EFAULT);
	KT_EXPECT_EQ(t, strncpy_from_user(dst, (char *)(WINDOW_END - 6), 6), 6l);
	KT_EXPECT_EQ(t, strnlen_user((char *)(WINDOW_END - 6), 64), 0l);
	KT_EXPECT_EQ(t, strncpy_from_user(dst, (char *)TASK_SIZE, 4), (long)-EFAULT);
	KT_EXPECT_EQ(t, strnlen_user((char *)0xfffffffful, 4), 0l);
}

static const struct ktest_case cases[] = {
	KTEST(test_access_ok),
	KTEST(test_copy_from_user_is_exact),
	KTEST(test_copy_to_user_is_exact),
	KTEST(test_copy_stops_at_a_hole),
	KTEST(test_clear_user),
	KTEST(test_read_only_page),
	KTEST(test_get_and_put),
	KTEST(test_get_and_put_fail),
	KTEST(test_strings),
};
KTEST_SUITE_WITH(uaccess, KTEST_QUICK, cases, map_window, unmap_window);
