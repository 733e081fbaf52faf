/*
 * An address space: mm_struct, and its regions: vm_area_struct.
 */
#ifndef FOLIO_MM_MM_TYPES_H
#define FOLIO_MM_MM_TYPES_H

#include "kernel/cpu/spinlock.h"
#include "kernel/lib/interval_tree.h"
#include "kernel/rwsem.h"
#include "mm/pgtable.h"
#include "mm/vm_range.h"

struct anon_vma;
struct file;
struct mm_struct;
struct vm_area_struct;

/* vm_flags; values are Linux's. */
#define VM_READ		0x00000001ul
#define VM_WRITE	0x00000002ul
#define VM_EXEC		0x00000004ul
#define VM_SHARED	0x00000008ul
#define VM_MAYREAD	0x00000010ul /* mprotect may set VM_READ, and so on */
#define VM_MAYWRITE	0x00000020ul
#define VM_MAYEXEC	0x00000040ul
#define VM_MAYSHARE	0x00000080ul
#define VM_GROWSDOWN	0x00000100ul
#define VM_PFNMAP	0x00000400ul /* frames without counts: device memory */
#define VM_LOCKED	0x00002000ul
#define VM_IO		0x00004000ul /* device registers */
#define VM_SEQ_READ	0x00008000ul /* madvise(2): will be read in order */
#define VM_RAND_READ	0x00010000ul /* madvise(2): will be read here and there */
#define VM_DONTCOPY	0x00020000ul /* a child of fork gets no copy */
#define VM_DONTEXPAND	0x00040000ul /* mremap may not make it larger */
#define VM_LOCKONFAULT	0x00080000ul /* with VM_LOCKED: pages come when they are touched */
#define VM_ACCOUNT	0x00100000ul /* charged to Committed_AS */
#define VM_NORESERVE	0x00200000ul
#define VM_DONTDUMP	0x04000000ul
#define VM_MIXEDMAP	0x10000000ul

#define VM_ACCESS_FLAGS (VM_READ | VM_WRITE | VM_EXEC)
#define VM_LOCKED_FLAGS (VM_LOCKED | VM_LOCKONFAULT)
/* What a driver's mmap says about its areas; they are neither merged, locked nor enlarged. */
#define VM_SPECIAL (VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_MIXEDMAP)
/* Heap, bss and stack: readable and writable; mprotect may ask for more. */
#define VM_DATA_FLAGS  (VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define VM_STACK_FLAGS (VM_DATA_FLAGS | VM_GROWSDOWN)

/* Results of a fault handler. */
#define VM_FAULT_OOM	 0x0001u
#define VM_FAULT_SIGBUS	 0x0002u
#define VM_FAULT_SIGSEGV 0x0004u
#define VM_FAULT_MAJOR	 0x0008u /* it needed I/O */
#define VM_FAULT_RETRY	 0x0400u /* page_mkwrite: it is not the file's any more, look again */
#define VM_FAULT_ERROR	 (VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);  /* a copy of the area was made */
	void (*close)(struct vm_area_struct *vma); /* the area goes away */
	/*
	 * Find the page at `address` in vm_file's page cache. Returns it with a reference for the
	 * page table, or ERR_PTR(-ENOMEM) or ERR_PTR(-EFAULT) for SIGBUS. *type gets VM_FAULT_MAJOR
	 * when there was I/O. May sleep; mmap_sem is held for reading.
	 */
	struct page *(*nopage)(struct vm_area_struct *vma, unsigned long address,
			       unsigned int *type);
	/*
	 * Map pages around `address` that are cached already, in [start, end) of one
	 * page table. Optional; may not sleep; page_table_lock is held.
	 */
	void (*map_pages)(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			  pte_t *ptep);
	/*
	 * A page of a shared mapping is about to be written to for the first time since it was
	 * clean: the file system has a place for it on the device from now on. The page is held; it
	 * returns locked, and is still the file's: 0. Or VM_FAULT_SIGBUS (no space, an error, no
	 * page of the file), VM_FAULT_OOM. May sleep; mmap_sem is held for reading. NULL: pages are
	 * writable at once (ramfs, shmem: they are never written to a device).
	 */
	unsigned int (*page_mkwrite)(struct vm_area_struct *vma, struct page *page);
};

struct vm_area_struct {
	union {
		struct vm_range range; /* neighbours and place in the tree */
		struct {
			unsigned long vm_start; /* as in `range` */
			unsigned long vm_end;
		};
	};
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
	pgprot_t vm_page_prot;
	/*
	 * Offset of vm_start in the file, in pages. In anonymous memory: vm_start of the
	 * time of mmap, in pages; mremap keeps it, so that a page's index stays true.
	 */
	pgoff_t vm_pgoff;
	struct file *vm_file; /* NULL: anonymous */
	const struct vm_operations_struct *vm_ops;
	void *vm_private_data;
	struct interval_tree_node vm_shared; /* in the file's i_mmap */
	struct anon_vma *anon_vma;	     /* once it has anonymous pages */
	struct interval_tree_node vm_anon;   /* in its anon_vma */
};

struct mm_struct {
	struct vm_range_set areas;
	struct vm_area_struct *mmap_cache; /* the last one found */
	pgd_t *pgd;
	atomic_t mm_users; /* tasks that live in it */
	atomic_t mm_count; /* 1 for all mm_users, and others who need the struct */
	struct rw_semaphore mmap_sem;
	spinlock_t page_table_lock;	  /* entries of the tables, and the counters below */
	unsigned long rss_anon, rss_file; /* pages mapped */
	unsigned long nr_ptes;		  /* page-table pages */
	unsigned long total_vm;		  /* pages of all areas */
	unsigned long stack_vm, data_vm, exec_vm;
	unsigned long locked_vm; /* pages of areas with VM_LOCKED */
	unsigned long
		hiwater_vm; /* the largest total_vm and rss that were noted: update_hiwater() */
	unsigned long hiwater_rss; /* (mm/mm.h) notes them before they get smaller */
	unsigned long def_flags;   /* vm_flags that new areas get: mlockall(MCL_FUTURE) */
	unsigned long mmap_base;   /* where the search for room begins */
	unsigned long stack_top;   /* end of the stack: STACK_TOP, or below it */
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long start_brk, brk, start_stack;
	unsigned long arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
};

extern struct mm_struct init_mm;

/* The area that a range belongs to (it is its first member); NULL for NULL. */
static inline struct vm_area_struct *vma_of(struct vm_range *range)
{
	_Static_assert(offsetof(struct vm_area_struct, range) == 0, "a cast must do");
	return (struct vm_area_struct *)range;
}

static inline struct vm_area_struct *first_vma(const struct mm_struct *mm)
{
	return vma_of(mm->areas.first);
}

static inline struct vm_area_struct *next_vma(const struct vm_area_struct *vma)
{
	return vma_of(vma->range.vm_next);
}

static inline struct vm_area_struct *prev_vma(const struct vm_area_struct *vma)
{
	return vma_of(vma->range.vm_prev);
}

#define for_each_vma(mm, vma) for ((vma) = first_vma(mm); (vma); (vma) = next_vma(vma))

static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

#endif
