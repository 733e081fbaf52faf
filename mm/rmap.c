/*
 * Reverse mapping.
 *
 * To take a page away from whoever uses it, all the page-table entries that map it
 * must be found. Keeping a list of them with each page would cost memory and
 * make fork slow, so the entries are found through the areas instead: an area says
 * at which address it shows which part of its object.
 *
 * Pages of files: page->mapping is the file's address_space, whose i_mmap is an
 * interval tree of the areas that map the file, by page offset. The areas whose
 * interval holds page->index are the candidates, and the page table says which
 * of them really map it.
 *
 * Anonymous pages: page->mapping names an anon_vma (with bit 0 set), which stands
 * in for the file that is not there. It has a tree of areas too. Fork is what
 * makes it interesting: after it, parent and child share frames, and each goes on to
 * make new ones that the other never sees. So each process has nodes of its own, and a
 * child's node hangs below its parent's:
 *
 *	       A  (parent)       a page names the node of the process that made it
 *	      / \                a page of A may be mapped by A, B, C and D
 *	     B   C (children)    a page of B by B and D
 *	     |                   a page of D by D alone
 *	     D  (grandchild)
 *
 * A walk visits the page's node and all below it. Pages made after the last fork are
 * found at once, and fork itself costs one node for each area that has pages, not
 * one for each ancestor.
 *
 * A node stays while anything hangs below it, as pages there may name it. A daemon that
 * forks and ends, over and over, would so leave an ever longer chain of husks: nodes without
 * areas that lead on to one child only. Where there is such a husk above the parent, the child
 * therefore shares its parent's node instead of getting one. That is always right, only less
 * exact (a walk looks at some areas in vain), and no chain grows beyond the processes that once
 * lived at the same time.
 *
 * An area keeps its node through splits and moves; vm_pgoff is set at mmap and kept, so
 * that page->index finds the page wherever the area lies now.
 *
 * Locks: the page lock or page_table_lock keeps a page's identity still; family_lock who is
 * whose child, and that an area gets its node once; then i_mmap_lock or anon_vma->lock a tree of
 * areas; then page_table_lock for looking at entries.
 */
#include "mm/rmap.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/tlbflush.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/panic.h"
#include "mm/slab.h"

static struct kmem_cache *anon_vma_cache;
static DEFINE_SPINLOCK(family_lock);

static void anon_vma_ctor(void *obj)
{
	struct anon_vma *anon_vma = obj;

	anon_vma->parent = NULL;
	INIT_LIST_HEAD(&anon_vma->children);
	INIT_LIST_HEAD(&anon_vma->sibling);
	anon_vma->areas = RB_ROOT;
	anon_vma->nr_areas = 0;
	spin_lock_init_rank(&anon_vma->lock, "anon_vma", LOCK_RANK_ANON_VMA);
}

void rmap_init(void)
{
	anon_vma_cache = kmem_cache_create("anon_vma", sizeof(struct anon_vma), 0, SLAB_PANIC,
					   anon_vma_ctor);
}

/* ---- nodes and areas ----------------------------------------------------------------- */

void anon_vma_link(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = vma->anon_vma;

	if (!anon_vma)
		return;
	vma->vm_anon.start = vma->vm_pgoff;
	vma->vm_anon.last = vma->vm_pgoff + vma_pages(vma) - 1;
	spin_lock(&anon_vma->lock);
	interval_tree_insert(&vma->vm_anon, &anon_vma->areas);
	anon_vma->nr_areas++;
	spin_unlock(&anon_vma->lock);
}

void anon_vma_unlink(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = vma->anon_vma;

	if (!anon_vma)
		return;
	spin_lock(&anon_vma->lock);
	interval_tree_remove(&vma->vm_anon, &anon_vma->areas);
	anon_vma->nr_areas--;
	spin_unlock(&anon_vma->lock);
}

/* A node goes when it has neither areas nor children; that may free its ancestors too. */
void anon_vma_drop(struct anon_vma *anon_vma)
{
	spin_lock(&family_lock);
	while (anon_vma && !anon_vma->nr_areas && list_empty(&anon_vma->children)) {
		struct anon_vma *parent = anon_vma->parent;

		list_del_init(&anon_vma->sibling);
		anon_vma->parent = NULL;
		kmem_cache_free(anon_vma_cache, anon_vma);
		anon_vma = parent;
	}
	spin_unlock(&family_lock);
}

/*
 * How far the indexes of an area's pages are from its addresses; neighbours with one bias can join.
 */
static unsigned long page_index_bias(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff - (vma->vm_start >> PAGE_SHIFT);
}

/* A neighbour that this area could merge with, were it not for the node: share its node. */
static struct anon_vma *neighbours_node(const struct vm_area_struct *vma,
					const struct vm_area_struct *other)
{
	if (!other || !other->anon_vma || other->vm_file || vma->vm_file)
		return NULL;
	if (other->vm_end != vma->vm_start && vma->vm_end != other->vm_start)
		return NULL;
	if (page_index_bias(other) != page_index_bias(vma))
		return NULL;
	return other->anon_vma;
}

int __anon_vma_prepare(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = neighbours_node(vma, prev_vma(vma));
	struct anon_vma *fresh = NULL;

	if (!anon_vma)
		anon_vma = neighbours_node(vma, next_vma(vma));
	if (!anon_vma) {
		anon_vma = fresh = kmem_cache_alloc(anon_vma_cache, GFP_KERNEL | __GFP_NOWARN);
		if (!fresh)
			return -ENOMEM;
	}
	spin_lock(&family_lock);
	if (!vma->anon_vma) {
		vma->anon_vma = anon_vma;
		anon_vma_link(vma);
		fresh = NULL;
	}
	spin_unlock(&family_lock);
	/* Another thread's fault was faster while the allocation slept. */
	kmem_cache_free(anon_vma_cache, fresh);
	return 0;
}

/* Is there a node above this one which no area needs, and which only leads on to one other? */
static bool below_a_husk(const struct anon_vma *node)
{
	for (node = node->parent; node; node = node->parent)
		if (!node->nr_areas && list_is_singular(&node->children))
			return true;
	return false;
}

int anon_vma_fork(struct vm_area_struct *vma, const struct vm_area_struct *old)
{
	struct anon_vma *above = old->anon_vma, *node;
	bool share;

	spin_lock(&family_lock);
	share = below_a_husk(above);
	spin_unlock(&family_lock);
	if (share) {
		vma->anon_vma = above;
		return 0;
	}
	node = kmem_cache_alloc(anon_vma_cache, GFP_KERNEL | __GFP_NOWARN);
	if (!node)
		return -ENOMEM;
	spin_lock(&family_lock);
	node->parent = above;
	list_add(&node->sibling, &above->children);
	spin_unlock(&family_lock);
	vma->anon_vma = node;
	return 0;
}

void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address)
{
	page->mapping = (void *)((unsigned long)vma->anon_vma + PAGE_MAPPING_ANON);
	page->index = linear_page_index(vma, address);
	atomic_set(&page->_mapcount, 1);
	add_vm_stat(NR_ANON_PAGES, 1);
}

/* ---- the walk -------------------------------------------------------------------------- */

/* The entry that maps the page in one area, if there is one. */
static int walk_area(struct page *page, struct vm_area_struct *vma, rmap_fn fn, void *ctx)
{
	unsigned long address = vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT);
	struct mm_struct *mm = vma->vm_mm;
	int result = 0;
	pmd_t *pmd;
	pte_t *pte;

	spin_lock(&mm->page_table_lock);
	pmd = pmd_offset(&mm->pgd[pgd_index(address)], address);
	if (pmd_present(*pmd)) {
		pte = pte_offset(pmd, address);
		if (pte_present(*pte) && !pte_special(*pte) && pte_pfn(*pte) == page_to_pfn(page))
			result = fn(page, vma, address, pte, ctx);
	}
	spin_unlock(&mm->page_table_lock);
	return result;
}

static int walk_node(struct page *page, struct anon_vma *anon_vma, rmap_fn fn, void *ctx)
{
	struct interval_tree_node *node;
	int result = 0;

	spin_lock(&anon_vma->lock);
	for (node = interval_tree_iter_first(&anon_vma->areas, page->index, page->index);
	     node && !result; node = interval_tree_iter_next(node, page->index, page->index))
		result = walk_area(page, container_of(node, struct vm_area_struct, vm_anon), fn,
				   ctx);
	spin_unlock(&anon_vma->lock);
	return result;
}

/* The node after this one, parents first, in the tree below `top`; NULL at the end. */
static struct anon_vma *next_node(struct anon_vma *node, const struct anon_vma *top)
{
	if (!list_empty(&node->children))
		return list_first_entry(&node->children, struct anon_vma, sibling);
	while (node != top) {
		if (node->sibling.next != &node->parent->children)
			return list_entry(node->sibling.next, struct anon_vma, sibling);
		node = node->parent;
	}
	return NULL;
}

static int walk_anon(struct page *page, rmap_fn fn, void *ctx)
{
	struct anon_vma *top = page_anon_vma(page);
	int result = 0;

	spin_lock(&family_lock);
	for (struct anon_vma *node = top; node && !result; node = next_node(node, top))
		result = walk_node(page, node, fn, ctx);
	spin_unlock(&family_lock);
	return result;
}

static int walk_file(struct page *page, rmap_fn fn, void *ctx)
{
	struct address_space *mapping = page->mapping;
	struct interval_tree_node *node;
	int result = 0;

	spin_lock(&mapping->i_mmap_lock);
	for (node = interval_tree_iter_first(&mapping->i_mmap, page->index, page->index);
	     node && !result; node = interval_tree_iter_next(node, page->index, page->index))
		result = walk_area(page, container_of(node, struct vm_area_struct, vm_shared), fn,
				   ctx);
	spin_unlock(&mapping->i_mmap_lock);
	return result;
}

int rmap_walk(struct page *page, rmap_fn fn, void *ctx)
{
	if (!page_mapcount(page) || !page->mapping)
		return 0;
	return PageAnon(page) ? walk_anon(page, fn, ctx) : walk_file(page, fn, ctx);
}

/* ---- cleaning -------------------------------------------------------------------------------- */

static int clean_entry(struct page *page, struct vm_area_struct *vma, unsigned long address,
		       pte_t *pte, void *ctx)
{
	bool *was_dirty = ctx;
	pte_t entry;

	(void)page;
	if (!(vma->vm_flags & VM_SHARED) || (!pte_write(*pte) && !pte_dirty(*pte)))
		return 0;
	entry = ptep_get_and_clear(pte);
	*was_dirty |= pte_dirty(entry);
	set_pte(pte, pte_wrprotect(pte_mkclean(entry)));
	if (read_cr3() == __pa(vma->vm_mm->pgd)) /* else it is forgotten already (mm/tlb.c) */
		flush_tlb_one(address);
	return 0;
}

bool page_mkclean(struct page *page)
{
	bool was_dirty = false;

	if (page_mapcount(page) && !PageAnon(page))
		rmap_walk(page, clean_entry, &was_dirty);
	return was_dirty;
}
