/*
 * What is said and done when a file system turns out to be damaged.
 *
 * Every number that comes from the disk is looked at before it is used. One that cannot be true
 * ends here: with a sentence, a mark in the super block that makes e2fsck look at everything, and,
 * as errors= says, no more writing. The caller goes on with an error.
 */
#include "kernel/drivers/block/blkdev.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/panic.h"
#include "kernel/printk.h"

#define SENTENCE 160

static const char *name_of(const struct super_block *sb)
{
	return sb->s_bdev ? sb->s_bdev->bd_name : "?";
}

void ext2_warning(struct super_block *sb, const char *function, const char *fmt, ...)
{
	char text[SENTENCE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printk_ratelimited(KERN_WARNING "ext2 (%s): %s: %s\n", name_of(sb), function, text);
}

/* It is mounted, and we may write to it. */
static void note_error(struct super_block *sb)
{
	struct ext2_sb_info *sbi = EXT2_SB(sb);

	if (!(sbi->es->s_state & EXT2_ERROR_FS)) {
		sbi->es->s_state |= EXT2_ERROR_FS;
		ext2_mark_super_dirty(sb);
	}
	if (sbi->mount_opt & EXT2_MOUNT_ERRORS_CONT)
		return;
	if (sbi->mount_opt & EXT2_MOUNT_ERRORS_PANIC)
		panic("ext2 (%s) is damaged, and was mounted with errors=panic", name_of(sb));
	pr_err("ext2 (%s): is read-only from now on\n", name_of(sb));
	sb->s_flags |= MS_RDONLY;
}

int ext2_error(struct super_block *sb, const char *function, const char *fmt, ...)
{
	char text[SENTENCE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printk_ratelimited(KERN_ERR "ext2 (%s): error in %s: %s\n", name_of(sb), function, text);
	if (!(sb->s_flags & MS_RDONLY))
		note_error(sb);
	return -EUCLEAN;
}
