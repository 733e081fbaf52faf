/* The options of mount(2). */
#include "kernel/fs/ext2/ext2.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "mm/slab.h"

#define ERRORS_MASK (EXT2_MOUNT_ERRORS_CONT | EXT2_MOUNT_ERRORS_RO | EXT2_MOUNT_ERRORS_PANIC)

static int set_errors(struct ext2_sb_info *sbi, unsigned long what)
{
	sbi->mount_opt = (sbi->mount_opt & ~ERRORS_MASK) | what;
	return 0;
}

static int errors_continue(struct ext2_sb_info *sbi, const char *value __unused)
{
	return set_errors(sbi, EXT2_MOUNT_ERRORS_CONT);
}

static int errors_ro(struct ext2_sb_info *sbi, const char *value __unused)
{
	return set_errors(sbi, EXT2_MOUNT_ERRORS_RO);
}

static int errors_panic(struct ext2_sb_info *sbi, const char *value __unused)
{
	return set_errors(sbi, EXT2_MOUNT_ERRORS_PANIC);
}

static int resuid(struct ext2_sb_info *sbi, const char *value)
{
	return kstrtouint(value, 10, &sbi->resuid);
}

static int resgid(struct ext2_sb_info *sbi, const char *value)
{
	return kstrtouint(value, 10, &sbi->resgid);
}

/* What Linux's ext2 knows and what makes no difference here; "ro" and "rw" are mount(2)'s flags. */
static int nothing(struct ext2_sb_info *sbi __unused, const char *value __unused)
{
	return 0;
}

/* A name that ends in '=' takes a value. */
static const struct {
	const char *name;
	int (*set)(struct ext2_sb_info *sbi, const char *value);
} options[] = {
	{"errors=continue", errors_continue},
	{"errors=remount-ro", errors_ro},
	{"errors=panic", errors_panic},
	{"resuid=", resuid},
	{"resgid=", resgid},
	{"ro", nothing},
	{"rw", nothing},
	{"defaults", nothing},
	{"relatime", nothing},
};

static int parse_option(struct ext2_sb_info *sbi, const char *word)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(options); i++) {
		size_t len = strlen(options[i].name);
		bool takes_value = options[i].name[len - 1] == '=';

		if (!strncmp(word, options[i].name, len) && (takes_value || !word[len]))
			return options[i].set(sbi, word + len);
	}
	return -EINVAL;
}

int ext2_parse_options(struct ext2_sb_info *sbi, const char *data)
{
	char *copy, *rest, *word;
	int error = 0;

	if (!data || !*data)
		return 0;
	rest = copy = kmalloc(strlen(data) + 1, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	strlcpy(copy, data, strlen(data) + 1);
	while (!error && (word = strsep(&rest, ","))) {
		if (!*word || !parse_option(sbi, word))
			continue;
		pr_err("ext2: I do not know the mount option \"%s\"\n", word);
		error = -EINVAL;
	}
	kfree(copy);
	return error;
}
