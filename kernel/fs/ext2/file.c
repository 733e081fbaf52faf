/* Open files of ext2: the page cache does the work. */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/inode.h"
#include "mm/filemap.h"

const struct file_operations ext2_file_operations = {
	.open = ext2_file_open,
	.read = generic_file_read,
	.write = generic_file_write,
	.mmap = ext2_file_mmap,
	.fsync = ext2_sync_file,
};

const struct inode_operations ext2_file_inode_operations = {
	.permission = ext2_permission,
	.setattr = ext2_setattr,
	.getattr = ext2_getattr,
};

const struct inode_operations ext2_special_inode_operations = {
	.permission = ext2_permission,
	.setattr = ext2_setattr,
	.getattr = ext2_getattr,
};
