/*
 * A file system of one file, for tests of mpage: its map of blocks is an array, its device a disk
 * that does what a test wants (tests/kernel/fake_disk.h). Blocks that are free hold garbage, and
 * must go on doing so.
 */
#ifndef FOLIO_TESTS_MAP_FS_H
#define FOLIO_TESTS_MAP_FS_H

#include "kernel/fs/fs.h"
#include "tests/kernel/fake_disk.h"

#define MAP_FS_BYTES  (256u << 10) /* of the disk */
#define MAP_FS_BLOCKS 512u	   /* entries of the map; the smallest blocks have 1 KiB */

struct map_fs {
	struct super_block sb;
	struct fake_disk *disk;
	struct inode *inode;
	unsigned int bits;	  /* log2 of the size of a block */
	u32 blocks;		  /* of the disk; number 0 is never used */
	u32 map[MAP_FS_BLOCKS];	  /* of the file; 0: a hole */
	bool used[MAP_FS_BLOCKS]; /* of the disk */
	unsigned int room;	  /* so many blocks can be made still */
	unsigned int stride;	  /* the next one is searched so far from the last; 1: neighbours */
	u32 last;		  /* the last one that was made */
	unsigned int calls;	  /* of get_block */
	int error;		  /* what get_block says instead, */
	unsigned int error_from;  /* for blocks of the file from this one on */
};

/* map_fs_new - an empty file on an empty disk; asserts. map_fs_free - the file is closed. */
struct map_fs *map_fs_new(struct ktest *t, unsigned int bits);
void map_fs_free(struct map_fs *fs);

/* map_fs_open - the file, for reading and writing; fput() it. Asserts. */
struct file *map_fs_open(struct ktest *t, struct map_fs *fs);

/* map_fs_place - block `index` of the file lies at `block`, which gets the bytes `fill`. */
void map_fs_place(struct map_fs *fs, u32 index, u32 block, int fill);

/* map_fs_truncate - the file gets another size, as ext2 does it. 0 or -errno. */
int map_fs_truncate(struct map_fs *fs, loff_t size);

/* map_fs_data - what the disk has at a block. map_fs_garbage - is it still garbage? */
u8 *map_fs_data(struct map_fs *fs, u32 block);
bool map_fs_garbage(struct map_fs *fs, u32 block);

/*
 * map_fs_write_back - what is dirty, and wait. map_fs_forget_cache - all that is clean leaves it.
 */
int map_fs_write_back(struct map_fs *fs);
void map_fs_forget_cache(struct map_fs *fs);

/* map_fs_expect_garbage - no free block was written to. */
void map_fs_expect_garbage(struct ktest *t, struct map_fs *fs);

#endif
