/* The kernel's page tables: what they say, and that the processor obeys. */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/lib/string.h"
#include "kernel/sched.h"
#include "mm/fixmap.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"
#include "tests/kernel/mm_test.h"

/* The linker's marks (linker.ld). */
extern char __text_start[], __rodata_end[], init_stack_guard[], __kernel_start[], __kernel_end[];

/* What the tables make of an address: physical address and bits; 0 where nothing is mapped. */
struct translation {
	unsigned long phys;
	unsigned long bits;
	bool large;
};

static struct translation translate(const pgd_t *dir, unsigned long addr)
{
	pmd_t pmd = {dir[pgd_index(addr)]};
	struct translation found = {0};
	pte_t pte;

	if (!pmd_present(pmd))
		return found;
	if (pmd_large(pmd)) {
		found.phys = (pmd_val(pmd) & PGDIR_MASK) | (addr & ~PGDIR_MASK);
		found.bits = pmd_val(pmd) & ~PAGE_MASK;
		found.large = true;
		return found;
	}
	pte = pmd_page_table(pmd)[pte_index(addr)];
	if (pte_val(pte) & _PAGE_PRESENT) {
		found.phys = (pte_val(pte) & PAGE_MASK) | (addr & ~PAGE_MASK);
		found.bits = pte_val(pte) & ~PAGE_MASK;
	}
	return found;
}

static bool is_constant(unsigned long addr)
{
	return addr >= (unsigned long)__text_start && addr < (unsigned long)__rodata_end;
}

static void check_lowmem(struct ktest *t, unsigned long addr)
{
	struct translation found = translate(swapper_pg_dir, addr);

	if (addr - (unsigned long)init_stack_guard < PAGE_SIZE) {
		KT_ASSERT(t, !(found.bits & _PAGE_PRESENT));
		return;
	}
	KT_ASSERT(t, found.bits & _PAGE_PRESENT);
	KT_ASSERT_EQ(t, found.phys, __pa(addr));
	KT_ASSERT_EQ(t, found.bits & (_PAGE_USER | _PAGE_PCD | _PAGE_PWT), 0ul);
	KT_ASSERT_EQ(t, !(found.bits & _PAGE_RW), is_constant(addr));
	KT_ASSERT_EQ(t, found.bits & _PAGE_GLOBAL,
		     boot_cpu_has(X86_FEATURE_PGE) ? _PAGE_GLOBAL : 0ul);
	if (!boot_cpu_has(X86_FEATURE_PSE))
		KT_ASSERT(t, !found.large);
}

static void test_direct_map(struct ktest *t)
{
	struct prng rng;
	unsigned int large = 0;

	ktest_seed(t, &rng, 31);
	for (int i = 0; i < 20000; i++)
		check_lowmem(t, PAGE_OFFSET + PFN_PHYS(prng_below(&rng, max_low_pfn)) +
					prng_below(&rng, PAGE_SIZE));
	for (unsigned long pfn = 0; pfn < 2048 && pfn < max_low_pfn; pfn++)
		check_lowmem(t, PAGE_OFFSET + PFN_PHYS(pfn));
	check_lowmem(t, PAGE_OFFSET + PFN_PHYS(max_low_pfn) - 1);
	for (unsigned long pfn = 0; pfn < max_low_pfn; pfn += PTRS_PER_PTE)
		large += translate(swapper_pg_dir, PAGE_OFFSET + PFN_PHYS(pfn)).large;
	/* All of it but what the kernel lies in, and the last 4 MiB, if those are not whole. */
	if (boot_cpu_has(X86_FEATURE_PSE))
		KT_EXPECT_GE(t, large,
			     max_low_pfn / PTRS_PER_PTE -
				     ALIGN_UP(__pa(__kernel_end), PGDIR_SIZE) / PGDIR_SIZE);
	else
		KT_EXPECT_EQ(t, large, 0u);
}

/* The whole of text and constants, page by page, by the processor's own answer. */
static void test_constants(struct ktest *t)
{
	unsigned int unreadable = 0, writable = 0;

	KT_EXPECT(t, read_cr0() & X86_CR0_WP);
	for (char *page = __text_start; page < __rodata_end; page += PAGE_SIZE) {
		unreadable += !can_read(page);
		writable += can_write(page);
	}
	KT_EXPECT_EQ(t, unreadable, 0u);
	KT_EXPECT_EQ(t, writable, 0u);
	KT_EXPECT(t, !can_write((void *)test_constants));
	KT_EXPECT(t, !can_write((void *)"a string"));
	KT_EXPECT(t, can_write(&zones));
}

static void test_features(struct ktest *t)
{
	unsigned long cr4 = cpu_has_cr4() ? read_cr4() : 0;

	KT_EXPECT_EQ(t, cr4 & X86_CR4_PSE, boot_cpu_has(X86_FEATURE_PSE) ? X86_CR4_PSE : 0);
	KT_EXPECT_EQ(t, cr4 & X86_CR4_PGE, boot_cpu_has(X86_FEATURE_PGE) ? X86_CR4_PGE : 0);
	KT_EXPECT_EQ(t, __page_global, boot_cpu_has(X86_FEATURE_PGE) ? _PAGE_GLOBAL : 0ul);
}

/* Page 0, the gaps and the last page are nobody's. */
static void test_holes(struct ktest *t)
{
	const unsigned long end = (unsigned long)__va(PFN_PHYS(max_low_pfn));

	KT_EXPECT(t, !can_read(NULL));
	KT_EXPECT(t, !can_read((void *)0x0ffc));
	KT_EXPECT(t, !can_read((void *)(PAGE_OFFSET - 4)));
	KT_EXPECT(t, can_read((void *)(end - 4)));
	KT_EXPECT(t, !can_read((void *)end));
	KT_EXPECT(t, !can_read((void *)(VMALLOC_START - 4)));
	KT_EXPECT(t, !can_read((void *)0xfffff000ul));
	KT_EXPECT(t, !can_read((void *)0xfffffffcul));
}

static bool in_layout(unsigned long addr)
{
	for (unsigned int i = 0; i < layout_regions; i++)
		if (addr >= layout_table[i].start && addr <= layout_table[i].end - 1)
			return true;
	return false;
}

/* The table of the layout is in order, and nothing is mapped outside its regions. */
static void test_layout(struct ktest *t)
{
	unsigned int stray = 0, user = 0;

	for (unsigned int i = 1; i < layout_regions; i++) {
		KT_EXPECT_GE(t, layout_table[i].start, layout_table[i - 1].end);
		KT_EXPECT_GE(t, layout_table[i].end - 1, layout_table[i].start);
	}
	KT_EXPECT_EQ(t, layout_table[0].end, TASK_SIZE);
	KT_EXPECT_EQ(t, layout_table[1].end, (unsigned long)__va(PFN_PHYS(max_low_pfn)));
	for (unsigned long addr = PAGE_OFFSET; addr; addr += PAGE_SIZE) {
		struct translation found = translate(swapper_pg_dir, addr);

		stray += (found.bits & _PAGE_PRESENT) && !in_layout(addr);
		user += (found.bits & _PAGE_USER) != 0;
	}
	KT_EXPECT_EQ(t, stray, 0u);
	KT_EXPECT_EQ(t, user, 0u);
	for (unsigned int i = 0; i < USER_PTRS_PER_PGD; i++)
		KT_ASSERT_EQ(t, pgd_val(swapper_pg_dir[i]), 0ul);
}

/* Every directory shows the same kernel, and has nothing of its own at first. */
static void test_directories(struct ktest *t)
{
	unsigned long used[8];
	struct mm_struct *a, *b;

	/* What the pages held before must not matter. */
	for (unsigned int i = 0; i < ARRAY_SIZE(used); i++) {
		used[i] = get_free_page(GFP_KERNEL);
		KT_ASSERT(t, used[i] != 0);
		memset((void *)used[i], 0xff, PAGE_SIZE);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(used); i++)
		free_page(used[i]);
	a = mm_alloc();
	b = mm_alloc();
	if (!KT_EXPECT(t, a && b))
		return;
	for (unsigned int i = 0; i < PTRS_PER_PGD; i++) {
		unsigned long addr = (unsigned long)i << PGDIR_SHIFT;
		unsigned long want = i < USER_PTRS_PER_PGD ? 0 : pgd_val(swapper_pg_dir[i]);

		KT_EXPECT_EQ(t, pgd_val(a->pgd[i]), want);
		KT_EXPECT_EQ(t, pgd_val(b->pgd[i]), want);
		/* Only vmalloc's tables may come later. */
		if (addr >= KSTACK_START && addr < PKMAP_BASE)
			KT_EXPECT(t, want & _PAGE_PRESENT);
	}
	KT_EXPECT(t, PageTable(virt_to_page(a->pgd)));
	/* And the kernel goes on working in one of them. */
	use_mm(a);
	KT_EXPECT_EQ(t, read_cr3(), __pa(a->pgd));
	KT_EXPECT(t, !can_read(NULL));
	KT_EXPECT(t, !can_write(__text_start));
	exit_mm();
	KT_EXPECT_EQ(t, read_cr3(), __pa(swapper_pg_dir));
	mmput(b);
}

static const struct ktest_case cases[] = {
	KTEST(test_direct_map), KTEST(test_constants), KTEST(test_features),
	KTEST(test_holes),	KTEST(test_layout),    KTEST(test_directories),
};
KTEST_SUITE(paging, KTEST_QUICK, cases);
