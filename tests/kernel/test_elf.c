/*
 * Hostile program files through the real loader: exec refuses them, or the program starts and
 * ends. The checks themselves meet many more of them on the host (tests/host/test_elf.c).
 *
 * The file is made so that no jump into it can go on for long: its code is int3 all over,
 * but for one exit(7).
 */
#include "kernel/elf.h"
#include "kernel/exit.h"
#include "kernel/fs/bootfile.h"
#include "kernel/lib/err.h"
#include "kernel/lib/prng.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/signal.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

#define ORDER	  2
#define FILE_SIZE 0x2800u
#define CODE	  0x1000u /* in the file */
#define DATA	  0x2000u
#define ROUNDS	  400u

static const u8 exit_7[] = {0xb8, 1, 0, 0, 0, 0xbb, 7, 0, 0, 0, 0xcd, 0x80};

struct hostile {
	struct page *pages;
	u8 *bytes;
	struct program_run *run;
};

static struct hostile h;

static struct elf32_header *header(void)
{
	return (struct elf32_header *)h.bytes;
}

static struct elf32_phdr *phdr(unsigned int i)
{
	return (struct elf32_phdr *)(header() + 1) + i;
}

static void write_good_file(void)
{
	memset(h.bytes, 0, PAGE_SIZE << ORDER);
	*header() = (struct elf32_header){
		.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = EM_386,
		.e_version = EV_CURRENT,
		.e_entry = 0x08048000,
		.e_phoff = sizeof(struct elf32_header),
		.e_ehsize = sizeof(struct elf32_header),
		.e_phentsize = sizeof(struct elf32_phdr),
		.e_phnum = 2,
	};
	*phdr(0) =
		(struct elf32_phdr){PT_LOAD, CODE, 0x08048000, 0, 0x1000, 0x1000, PF_R | PF_X, 0};
	*phdr(1) = (struct elf32_phdr){PT_LOAD, DATA, 0x08049000, 0, 0x800, 0x3000, PF_R | PF_W, 0};
	memset(h.bytes + CODE, 0xcc, 0x1000);
	memcpy(h.bytes + CODE, exit_7, sizeof(exit_7));
}

static void setup(struct ktest *t)
{
	h.run = program_run_alloc("hostile", NULL, NULL);
	h.pages = alloc_pages(GFP_KERNEL, ORDER);
	KT_ASSERT(t, h.run && h.pages);
	split_page(h.pages, ORDER);
	h.bytes = lowmem_page_address(h.pages);
	write_good_file();
}

static void teardown(struct ktest *t)
{
	(void)t;
	kfree(h.run);
	for (unsigned int i = 0; h.pages && i < 1u << ORDER; i++)
		__free_page(h.pages + i);
	h = (struct hostile){NULL, NULL, NULL};
}

static int run_hostile(struct ktest *t, unsigned long size)
{
	h.run->file = bootfile_from_frames("hostile", page_to_phys(h.pages), size);
	KT_ASSERT(t, !IS_ERR(h.run->file));
	program_run(h.run);
	fput(h.run->file);
	return h.run->status;
}

static void test_good_file(struct ktest *t)
{
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), W_EXITCODE(7));
	header()->e_type = ET_DYN;
	header()->e_entry = 0;
	phdr(0)->p_vaddr = 0;
	phdr(1)->p_vaddr = 0x1000;
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), W_EXITCODE(7));
}

/* The reason is in the log, with the program's name. */
static void test_refusals(struct ktest *t)
{
	KT_EXPECT_EQ(t, run_hostile(t, 0), -ENOEXEC);
	KT_EXPECT_EQ(t, run_hostile(t, 51), -ENOEXEC);
	KT_EXPECT_EQ(t, run_hostile(t, 100), -ENOEXEC);
	phdr(1)->p_type = PT_INTERP;
	memcpy(h.bytes + DATA, "/no/such/linker", 16);
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), -ENOENT);
	h.bytes[DATA + phdr(1)->p_filesz - 1] = 'x'; /* the name has no end */
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), -ENOEXEC);
	phdr(1)->p_type = PT_LOAD;
	phdr(1)->p_vaddr = 0xc0000000;
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), -ENOEXEC);
	phdr(1)->p_vaddr = 0;
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), -ENOEXEC);
	header()->e_ident[0] = 0;
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), -ENOEXEC);
	if (!KT_EXPECT(t, strstr(h.run->log, "hostile: cannot run: not an ELF file")))
		ktest_log(t, "%s", h.run->log);
}

/* What such a program sees of itself: zeros behind the data, and no more than it asked for. */
static void test_bss_is_zero(struct ktest *t)
{
	/* mov eax, [0x08049800]; add eax, [0x0804b000]; lea ebx, [eax + 7]; mov eax, 1; int 0x80 */
	static const u8 look[] = {0xa1, 0x00, 0x98, 0x04, 0x08, 0x03, 0x05, 0x00, 0xb0, 0x04, 0x08,
				  0x8d, 0x58, 0x07, 0xb8, 1,	0,    0,    0,	  0xcd, 0x80};

	memcpy(h.bytes + CODE, look, sizeof(look));
	memset(h.bytes + DATA, 0xee, 0x1000);
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), W_EXITCODE(7));
	KT_EXPECT_EQ(t, h.bytes[DATA + 0x800], 0xee); /* the file has not changed */
	phdr(1)->p_memsz = 0x2000;
	KT_EXPECT_EQ(t, run_hostile(t, FILE_SIZE), SIGSEGV);
}

static void damage(struct prng *rng)
{
	static const u32 odd[] = {
		0,	    1,		0xfff,	    0x1000,	0x10000,    0x08047000,
		0x08048000, 0x08048ffe, 0x08049000, 0x0804a000, 0x40000000, 0x7fffffff,
		0xbf7ff000, 0xbfff0000, 0xbffff000, 0xc0000000, 0xfffff000, 0xffffffff,
	};
	u32 *words = (u32 *)h.bytes;
	u32 pick = prng_below(rng, ARRAY_SIZE(odd) + 6);
	u32 value = pick < ARRAY_SIZE(odd) ? odd[pick] : prng_next(rng);
	u32 where = prng_below(rng, (sizeof(struct elf32_header) + 64) / 4);

	if (prng_below(rng, 3) == 0)
		((u8 *)&words[where])[prng_below(rng, 4)] = (u8)value;
	else
		words[where] = value;
}

static void test_damaged_files(struct ktest *t)
{
	unsigned int ran = 0, refused = 0;
	struct mm_account before;
	struct prng rng;

	prng_seed(&rng, 20260101);
	ktest_log(t, "seed 20260101");
	run_hostile(t, FILE_SIZE);
	mm_account(&before);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		write_good_file();
		header()->e_type = (u16)(ET_EXEC + prng_below(&rng, 4) / 3);
		for (u32 n = 1 + prng_below(&rng, 2); n; n--)
			damage(&rng);
		if (run_hostile(t, prng_below(&rng, 8) ? FILE_SIZE : prng_below(&rng, FILE_SIZE)) <
		    0)
			refused++;
		else
			ran++;
		if (!mm_account_same(t, &before)) {
			ktest_log(t, "round %u", i);
			break;
		}
	}
	ktest_log(t, "%u ran, %u were refused", ran, refused);
	KT_EXPECT(t, ran > ROUNDS / 8 && refused > ROUNDS / 4);
}

static const struct ktest_case cases[] = {
	KTEST(test_good_file),
	KTEST(test_refusals),
	KTEST(test_bss_is_zero),
	KTEST(test_damaged_files),
};
KTEST_SUITE_WITH(elf, 0, cases, setup, teardown);
