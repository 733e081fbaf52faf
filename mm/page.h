/*
 * struct page: one descriptor of 32 bytes for every page frame below 4 GiB,
 * in the array mem_map, indexed by frame number.
 *
 * A frame has one use at a time, and the fields change their meaning with it:
 *
 *	field     free (buddy)   slab            page cache / anonymous
 *	flags     PG_buddy       PG_slab         PG_lru, PG_dirty, ...
 *	_count    0              1               references
 *	_mapcount 0              objects in use  page-table entries that map it
 *	mapping   -              the kmem_cache  address_space, or anon_vma | 1
 *	index     -              free list       offset in the mapping, in pages
 *	lru       free_area      slab list       active/inactive list
 *	private   order          first object    swap entry, block mapping
 *
 * The first page of an allocated block of order > 0 has PG_head and its order
 * in the second page's `index`, until the block is freed or split.
 */
#ifndef FOLIO_MM_PAGE_H
#define FOLIO_MM_PAGE_H

#include "kernel/cpu/atomic.h"
#include "kernel/lib/list.h"
#include "mm/layout.h"

struct address_space;
struct kmem_cache;

struct page {
	unsigned long flags; /* PG_* below; the zone in the top bits */
	atomic_t _count;     /* references; 0: free */
	union {
		atomic_t _mapcount;	 /* page-table entries that map the frame */
		unsigned int slab_inuse; /* objects in use */
	};
	union {
		struct address_space *mapping; /* file; with bit 0 set: anon_vma */
		struct kmem_cache *slab_cache; /* in every page of a slab */
	};
	union {
		pgoff_t index;	     /* offset in the mapping, in pages */
		void *slab_freelist; /* indexes of the free objects */
	};
	struct list_head lru;
	union {
		unsigned long private; /* buddy: order; swap entry; block mapping */
		void *slab_mem;	       /* the first object */
	};
};

_Static_assert(sizeof(struct page) == 32, "mem_map would grow");

enum page_flag {
	PG_locked,	 /* held for I/O or a change of identity; sleep for it */
	PG_error,	 /* the last I/O failed */
	PG_referenced,	 /* used since the last scan */
	PG_uptodate,	 /* the contents are valid */
	PG_dirty,	 /* must be written before the frame is reused */
	PG_lru,		 /* on a zone's active or inactive list */
	PG_active,	 /* on the active one */
	PG_swapbacked,	 /* in memory only: anonymous, shmem, ramfs; beside PG_active (mm/lru.h) */
	PG_slab,	 /* belongs to the slab allocator */
	PG_writeback,	 /* on its way to disk */
	PG_reserved,	 /* never handed out: firmware, kernel image, holes */
	PG_head,	 /* first page of a block of order > 0 */
	PG_buddy,	 /* first page of a free block, on a free_area list */
	PG_swapcache,	 /* `private` is its swap entry */
	PG_private,	 /* `private` is in use by the file system */
	PG_reclaim,	 /* free it when write-back ends; else: start the next read-ahead here */
	PG_mlocked,	 /* locked in memory by somebody */
	PG_table,	 /* a page table or directory */
	PG_mappedtodisk, /* each of its blocks has its place on the device */
	NR_PAGE_FLAGS
};

#define PAGE_ZONE_SHIFT 30
#define PAGE_FLAGS_MASK (BIT(NR_PAGE_FLAGS) - 1)

#define PAGE_FLAG_ACCESSORS(Name, bit)                                  \
	static __always_inline bool Page##Name(const struct page *page) \
	{                                                               \
		return page->flags & BIT(bit);                          \
	}                                                               \
	static __always_inline void SetPage##Name(struct page *page)    \
	{                                                               \
		atomic_or_mask(BIT(bit), &page->flags);                 \
	}                                                               \
	static __always_inline void ClearPage##Name(struct page *page)  \
	{                                                               \
		atomic_and_mask(~BIT(bit), &page->flags);               \
	}

PAGE_FLAG_ACCESSORS(Locked, PG_locked)
PAGE_FLAG_ACCESSORS(Error, PG_error)
PAGE_FLAG_ACCESSORS(Referenced, PG_referenced)
PAGE_FLAG_ACCESSORS(Uptodate, PG_uptodate)
PAGE_FLAG_ACCESSORS(Dirty, PG_dirty)
PAGE_FLAG_ACCESSORS(LRU, PG_lru)
PAGE_FLAG_ACCESSORS(Active, PG_active)
PAGE_FLAG_ACCESSORS(SwapBacked, PG_swapbacked)
PAGE_FLAG_ACCESSORS(Slab, PG_slab)
PAGE_FLAG_ACCESSORS(Reserved, PG_reserved)
PAGE_FLAG_ACCESSORS(Head, PG_head)
PAGE_FLAG_ACCESSORS(Buddy, PG_buddy)
PAGE_FLAG_ACCESSORS(Table, PG_table)
PAGE_FLAG_ACCESSORS(Writeback, PG_writeback)
PAGE_FLAG_ACCESSORS(Reclaim, PG_reclaim)
PAGE_FLAG_ACCESSORS(MappedToDisk, PG_mappedtodisk)

/* What a page must not have when its last reference goes, beside users in _mapcount. */
#define PAGE_FLAGS_CHECK_AT_FREE                                                                 \
	(BIT(PG_locked) | BIT(PG_lru) | BIT(PG_active) | BIT(PG_slab) | BIT(PG_writeback) |      \
	 BIT(PG_reserved) | BIT(PG_head) | BIT(PG_buddy) | BIT(PG_swapcache) | BIT(PG_private) | \
	 BIT(PG_mlocked) | BIT(PG_table))

extern struct page *mem_map;	  /* one struct page for each frame ... */
extern unsigned long max_pfn;	  /* ... below this frame number */
extern unsigned long max_low_pfn; /* end of the direct map, a frame number */

#define pfn_to_page(pfn)   (mem_map + (pfn))
#define page_to_pfn(page)  ((unsigned long)((page)-mem_map))
#define page_to_phys(page) PFN_PHYS(page_to_pfn(page))
#define pfn_valid(pfn)	   ((pfn) < max_pfn)

/* Direct map only: the address must be in low memory. */
#define virt_to_page(addr) pfn_to_page(__pa(addr) >> PAGE_SHIFT)

static __always_inline unsigned long virt_to_phys(const volatile void *addr)
{
	return __pa(addr);
}

static __always_inline void *phys_to_virt(unsigned long phys)
{
	return __va(phys);
}

/* True when `addr` lies in the direct map of memory that exists. */
static __always_inline bool virt_addr_valid(const void *addr)
{
	unsigned long a = (unsigned long)addr;

	return a >= PAGE_OFFSET && PFN_DOWN(__pa(a)) < max_low_pfn;
}

static __always_inline bool PageHighMem(const struct page *page)
{
	return page_to_pfn(page) >= max_low_pfn;
}

/* The direct-map address of a low page, computed. For any page: page_address(). */
#define lowmem_page_address(page) __va(page_to_phys(page))

static __always_inline int page_count(const struct page *page)
{
	return atomic_read(&page->_count);
}

static __always_inline int page_mapcount(const struct page *page)
{
	return PageSlab(page) ? 0 : atomic_read(&page->_mapcount);
}

static __always_inline unsigned int page_zonenum(const struct page *page)
{
	return page->flags >> PAGE_ZONE_SHIFT;
}

/* One more user of a page that somebody holds already. */
static __always_inline void get_page(struct page *page)
{
	atomic_inc(&page->_count);
}

#endif
