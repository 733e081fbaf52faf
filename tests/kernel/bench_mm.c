/*
 * The rows of memory management. Arguments are read from volatile variables, so
 * that the compiler knows no more than it would at an ordinary call.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/err.h"
#include "kernel/lib/prng.h"
#include "kernel/sched.h"
#include "mm/highmem.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/kernel/bench.h"

static volatile gfp_t gfp = GFP_KERNEL;
static volatile unsigned int order = 3;
static volatile size_t size_64 = 64, size_4096 = 4096, size_64k = 65536;

static unsigned long run_page(void)
{
	return BENCH_TICKS(__free_page(alloc_page(gfp)));
}

static unsigned long run_order3(void)
{
	return BENCH_TICKS(__free_pages(alloc_pages(gfp, order), order));
}

/*
 * Blocks held so that a block of order 3 is free whose buddy is not: it is then taken and
 * given back without splitting or merging, whatever the lists looked like before. When
 * the allocator splits a larger block, the next request gets the other half.
 */
static struct page *blocks[16];
static unsigned int nr_blocks;

static void free_blocks(void)
{
	while (nr_blocks)
		__free_pages(blocks[--nr_blocks], order);
}

static bool hold_buddy(void)
{
	while (nr_blocks < ARRAY_SIZE(blocks)) {
		struct page *block = alloc_pages(gfp, order), *last;

		if (!block)
			break;
		blocks[nr_blocks++] = block;
		last = nr_blocks > 1 ? blocks[nr_blocks - 2] : NULL;
		if (last && (page_to_pfn(last) ^ page_to_pfn(block)) == BIT(order)) {
			nr_blocks--;
			__free_pages(block, order);
			return true;
		}
	}
	free_blocks();
	return false;
}

static unsigned long run_kmalloc_64(void)
{
	return BENCH_TICKS(kfree(kmalloc(size_64, gfp)));
}

/*
 * Take all free objects of that size, so that the first call needs a new slab whatever
 * was allocated before. They are kept in a chain.
 */
static void **taken;

static bool all_taken(void)
{
	struct slabinfo info;

	kmem_cache_info(kmem_cache_find("size-64"), &info);
	return info.active_objs == info.num_objs;
}

static void free_taken(void)
{
	while (taken) {
		void **next = *taken;

		kfree(taken);
		taken = next;
	}
}

static bool take_all(void)
{
	while (!all_taken()) {
		void **obj = kmalloc(size_64, gfp);

		if (!obj) {
			free_taken();
			return false;
		}
		*obj = taken;
		taken = obj;
	}
	return true;
}

static unsigned long run_kmalloc_4096(void)
{
	return BENCH_TICKS(kfree(kmalloc(size_4096, gfp)));
}

static unsigned long run_vmalloc(void)
{
	return BENCH_TICKS(vfree(vmalloc(size_64k)));
}

static struct kmem_cache *cache;

static bool make_cache(void)
{
	cache = kmem_cache_create("bench", 200, 0, 0, NULL);
	return cache != NULL;
}

static void end_cache(void)
{
	kmem_cache_destroy(cache);
}

static unsigned long run_cache(void)
{
	return BENCH_TICKS(kmem_cache_free(cache, kmem_cache_alloc(cache, gfp)));
}

static struct page *page;

static bool get_high_page(void)
{
	page = alloc_page(GFP_HIGHUSER);
	if (page && PageHighMem(page))
		return true;
	if (page)
		__free_page(page);
	return false;
}

static void put_page_back(void)
{
	__free_page(page);
}

static unsigned long run_kmap(void)
{
	return BENCH_TICKS(kmap(page); kunmap(page));
}

static unsigned long run_kmap_atomic(void)
{
	return BENCH_TICKS(kunmap_atomic(kmap_atomic(page)));
}

static unsigned long run_clear_highpage(void)
{
	return BENCH_TICKS(clear_highpage(page));
}

/*
 * Many areas, no two of which can merge. The addresses looked for are all over them, so
 * that the area found last is no help.
 */
#define MANY_AREAS 60000u
#define FIRST_AREA 0x10000000ul

static struct prng rng;

static unsigned long area_address(unsigned int n)
{
	return FIRST_AREA + n * PAGE_SIZE;
}

static bool make_areas(void)
{
	struct mm_struct *mm = mm_alloc();
	unsigned long ret = 0;

	if (!mm)
		return false;
	use_mm(mm);
	prng_seed(&rng, 1);
	for (unsigned int n = 0; n < MANY_AREAS && !IS_ERR_VALUE(ret); n++)
		ret = vm_mmap(NULL, area_address(n), PAGE_SIZE,
			      n % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	if (IS_ERR_VALUE(ret))
		exit_mm();
	return !IS_ERR_VALUE(ret);
}

static unsigned long run_find_vma(void)
{
	struct mm_struct *mm = current->mm;
	unsigned long address = area_address(prng_below(&rng, MANY_AREAS));

	return BENCH_TICKS(find_vma(mm, address));
}

const struct bench_row bench_mm_rows[] = {
	{"page", "alloc_page + __free_page", NULL, run_page, NULL},
	{"pages_order3", "alloc_pages + __free_pages, order 3", hold_buddy, run_order3,
	 free_blocks},
	{"kmem_cache", "kmem_cache_alloc + kmem_cache_free, 200 bytes", make_cache, run_cache,
	 end_cache},
	{"kmalloc_64", "kmalloc + kfree, 64 bytes", take_all, run_kmalloc_64, free_taken},
	{"kmalloc_4096", "kmalloc + kfree, 4096 bytes", NULL, run_kmalloc_4096, NULL},
	{"vmalloc_64k", "vmalloc + vfree, 64 KiB", NULL, run_vmalloc, NULL},
	{"kmap", "kmap + kunmap of a high page", get_high_page, run_kmap, put_page_back},
	{"kmap_atomic", "kmap_atomic + kunmap_atomic of a high page", get_high_page,
	 run_kmap_atomic, put_page_back},
	{"find_vma", "find_vma among 60,000 areas", make_areas, run_find_vma, exit_mm},
	{"clear_highpage", "clear_highpage", get_high_page, run_clear_highpage, put_page_back},
};
const unsigned int nr_bench_mm_rows = ARRAY_SIZE(bench_mm_rows);
