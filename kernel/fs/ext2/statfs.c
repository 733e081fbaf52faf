/* How full a file system is: statfs(2). */
#include "kernel/fs/ext2/ext2.h"

int ext2_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	const struct super_block *sb = dentry->d_sb;
	const struct ext2_sb_info *sbi = EXT2_SB(sb);
	const struct ext2_super_block *es = sbi->es;
	u32 free = es->s_free_blocks_count + sbi->pending_blocks + sbi->prealloc_blocks;

	*buf = (struct kstatfs){
		.type = sb->s_magic,
		.bsize = sb->s_blocksize,
		.blocks = sbi->blocks_count - sbi->overhead,
		.bfree = free,
		.bavail = free > es->s_r_blocks_count ? free - es->s_r_blocks_count : 0,
		.files = sbi->inodes_count,
		.ffree = es->s_free_inodes_count + sbi->pending_inodes,
		.namelen = EXT2_NAME_LEN,
	};
	return 0;
}
