/*
 * An index of a large folder, in memory only.
 *
 * A folder is a list on the disk, and to know that a name is not in it all of the list must be
 * read. Making n files would take n * n steps. So a folder in which there was much to look through
 * gets an index: a hash table from the name's hash to where the entry lies, as a byte of the
 * folder. Entries stay where they are as long as they live, so the index changes only with the
 * names.
 *
 *	name -> hash -> [ . | 7f3a at 4120 | . | 91c0 at 36 | 7f3b at 88 | . | ... ]   open addressing,
 *	                                                                                pages of slots
 *
 * The hash may be the same for two names: the entry itself decides. A slot that was given up stays
 * as a stone, so that those behind it are found, until the table is made anew. It is made twice as
 * large when three quarters are used. Without memory there is no index, and the list is looked
 * through as before; the index goes with the inode.
 *
 * Locks: the folder's i_mutex.
 */
#include "kernel/fs/dcache.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "kernel/lib/hash.h"
#include "kernel/lib/string.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

struct slot {
	u32 hash;
	u32 place; /* SLOT_FREE, SLOT_STONE, or the byte of the entry and FIRST_PLACE */
};

enum { SLOT_FREE, SLOT_STONE, FIRST_PLACE };

#define SLOTS_PER_PAGE (PAGE_SIZE / sizeof(struct slot))
#define MIN_BITS       9u /* a page */
#define MAX_BITS       23u

struct ext2_index {
	unsigned int bits;   /* log2 of the number of slots */
	u32 used, names;     /* slots that are not free; those among them that are no stones */
	struct slot *page[]; /* of slots */
};

_Static_assert(SLOTS_PER_PAGE == 1u << MIN_BITS, "the smallest table is a page");

static u32 nr_pages(const struct ext2_index *index)
{
	return 1u << (index->bits - MIN_BITS);
}

static void free_index(struct ext2_index *index)
{
	for (u32 i = 0; i < nr_pages(index); i++)
		free_page((unsigned long)index->page[i]);
	kfree(index);
}

static struct ext2_index *make_index(unsigned int bits)
{
	u32 pages = 1u << (bits - MIN_BITS);
	struct ext2_index *index;

	if (bits > MAX_BITS)
		return NULL;
	index = kzalloc(sizeof(*index) + pages * sizeof(index->page[0]), GFP_NOFS | __GFP_NOWARN);
	if (!index)
		return NULL;
	index->bits = bits;
	for (u32 i = 0; i < pages; i++) {
		index->page[i] = (struct slot *)get_zeroed_page(GFP_NOFS | __GFP_NOWARN);
		if (!index->page[i]) {
			free_index(index);
			return NULL;
		}
	}
	return index;
}

/* The slot with which a search begins, and the one after `i`. */
static u32 first_slot(const struct ext2_index *index, u32 hash)
{
	return hash_32(hash, index->bits);
}

static u32 next_slot(const struct ext2_index *index, u32 i)
{
	return (i + 1) & ((1u << index->bits) - 1);
}

static struct slot *slot_at(const struct ext2_index *index, u32 i)
{
	return &index->page[i / SLOTS_PER_PAGE][i % SLOTS_PER_PAGE];
}

static void put_name(struct ext2_index *index, u32 hash, u32 place)
{
	u32 i = first_slot(index, hash);

	while (slot_at(index, i)->place != SLOT_FREE)
		i = next_slot(index, i);
	*slot_at(index, i) = (struct slot){hash, place};
	index->used++;
	index->names++;
}

/*
 * Room for one name more: in a new table, without stones. False: no memory, there is no index now.
 */
static bool make_room(struct ext2_inode_info *ei)
{
	struct ext2_index *old = ei->i_index, *new;
	u32 slots = 1u << old->bits;

	if ((old->used + 1) * 4ull <= slots * 3ull)
		return true;
	new = make_index(old->names * 2ull > slots ? old->bits + 1 : old->bits);
	for (u32 i = 0; new &&i < slots; i++)
		if (slot_at(old, i)->place >= FIRST_PLACE)
			put_name(new, slot_at(old, i)->hash, slot_at(old, i)->place);
	free_index(old);
	ei->i_index = new;
	return new != NULL;
}

/* ---- for dir.c ------------------------------------------------------------------------------- */

bool ext2_index_make(struct inode *dir)
{
	EXT2_I(dir)->i_index = make_index(MIN_BITS);
	return EXT2_I(dir)->i_index != NULL;
}

void ext2_index_drop(struct inode *dir)
{
	struct ext2_inode_info *ei = EXT2_I(dir);

	if (ei->i_index)
		free_index(ei->i_index);
	ei->i_index = NULL;
}

void ext2_index_add(struct inode *dir, const char *name, unsigned int len, u32 pos)
{
	struct ext2_inode_info *ei = EXT2_I(dir);

	if (ei->i_index && make_room(ei))
		put_name(ei->i_index, full_name_hash(name, len), pos + FIRST_PLACE);
}

void ext2_index_remove(struct inode *dir, const char *name, unsigned int len, u32 pos)
{
	struct ext2_index *index = EXT2_I(dir)->i_index;
	struct slot *slot;
	u32 i;

	if (!index)
		return;
	i = first_slot(index, full_name_hash(name, len));
	while ((slot = slot_at(index, i))->place != SLOT_FREE) {
		if (slot->place == pos + FIRST_PLACE) {
			slot->place = SLOT_STONE;
			index->names--;
			return;
		}
		i = next_slot(index, i);
	}
}

bool ext2_index_next(const struct inode *dir, u32 hash, struct ext2_index_search *search)
{
	const struct ext2_index *index = EXT2_I(dir)->i_index;
	u32 i = search->started ? next_slot(index, search->slot) : first_slot(index, hash);
	const struct slot *slot;

	search->started = true;
	while ((slot = slot_at(index, i))->place != SLOT_FREE) {
		if (slot->hash == hash && slot->place >= FIRST_PLACE) {
			search->slot = i;
			search->pos = slot->place - FIRST_PLACE;
			return true;
		}
		i = next_slot(index, i);
	}
	return false;
}
