/*
 * kernel/bootinfo.c: loaders as they are, and loaders as they must not be.
 *
 * A piece of "physical memory" high up holds what the loader left behind; everywhere
 * else reads as ones.
 */
#include <string.h>

#include "tests/host/host.h"

#include "boot/multiboot.h"
#include "kernel/bootinfo.h"

#define ARENA	   0x3fff0000ul
#define ARENA_SIZE 0x20000ul

static unsigned char arena[ARENA_SIZE];

void *boot_peek(unsigned long phys)
{
	static unsigned char nothing[1] = {0xff};

	nothing[0] = 0xff;
	return phys - ARENA < ARENA_SIZE ? &arena[phys - ARENA] : nothing;
}

void boot_copy_phys(void *dst, unsigned long phys, size_t len)
{
	unsigned char *to = dst;

	while (len--)
		*to++ = *(unsigned char *)boot_peek(phys++);
}

/* Where things lie in the arena. */
#define MBI	ARENA
#define CMDLINE (ARENA + 0x1000)
#define MAP	(ARENA + 0x3000)
#define MODULES (ARENA + 0x8000)
#define STRINGS (ARENA + 0xc000)

static struct multiboot_info *mbi(void)
{
	return boot_peek(MBI);
}

static const char *command_line(const char *line)
{
	mbi()->flags |= MULTIBOOT_INFO_CMDLINE;
	mbi()->cmdline = CMDLINE;
	strcpy(boot_peek(CMDLINE), line);
	bootinfo_init(MBI);
	return boot_command_line;
}

HOST_TEST(kernel_name, "the kernel's own name is taken off the command line, options are not")
{
	check(!strcmp(command_line("build/folio.elf autoexit selftest=all"),
		      "autoexit selftest=all"));
	check_str(command_line("/boot/folio.elf"), "");
	check_str(command_line("folio.elf   autoexit"), "autoexit");
	check_str(command_line("folio autoexit"), "autoexit");
	check_str(command_line("autoexit selftest=all"), "autoexit selftest=all");
	check_str(command_line("init=/sbin/init autoexit"), "init=/sbin/init autoexit");
	check_str(command_line(""), "");
}

HOST_TEST(long_line, "a command line that is too long is cut")
{
	static char line[3 * BOOT_COMMAND_LINE_SIZE];

	memset(line, 'x', sizeof(line) - 1);
	check_eq(strlen(command_line(line)), BOOT_COMMAND_LINE_SIZE - 1);
}

struct seen {
	unsigned int count;
	u64 base[64], size[64];
	u32 type[64];
};

static void see_range(u64 base, u64 size, u32 type, void *ctx)
{
	struct seen *seen = ctx;

	if (seen->count < 64) {
		seen->base[seen->count] = base;
		seen->size[seen->count] = size;
		seen->type[seen->count] = type;
	}
	seen->count++;
}

static struct seen ranges(void)
{
	struct seen seen = {0};

	bootinfo_init(MBI);
	check_eq(bootinfo_for_each_range(see_range, &seen), seen.count);
	return seen;
}

/* Put an entry into the map; `size` is what its own field says. Returns where the next one goes. */
static unsigned long put_entry(unsigned long at, u32 size, u64 base, u64 length, u32 type)
{
	struct multiboot_mmap_entry entry = {size, base, length, type};

	memcpy(boot_peek(at), &entry, sizeof(entry));
	mbi()->flags |= MULTIBOOT_INFO_MEM_MAP;
	mbi()->mmap_addr = MAP;
	mbi()->mmap_length = at + sizeof(entry) - MAP;
	return at + size + 4;
}

HOST_TEST(map, "the map is passed on as it is, entries longer than usual included")
{
	unsigned long at = MAP;
	struct seen seen;

	at = put_entry(at, 20, 0, 0x9fc00, 1);
	at = put_entry(at, 24, 0x100000, 0x7ee0000, 1);
	put_entry(at, 20, 0x100000000ull, 0x40000000, 1);
	seen = ranges();
	check_eq(seen.count, 3);
	check_eq(seen.base[1], 0x100000);
	check_eq(seen.size[1], 0x7ee0000);
	check(seen.base[2] == 0x100000000ull);
}

HOST_TEST(map_sizes, "entries whose size field is zero or absurd are stepped over")
{
	struct seen seen;

	put_entry(MAP + 24, 20, 0x100000, 0x100000, 1);
	put_entry(MAP, 0, 0, 0x9fc00, 1);
	mbi()->mmap_length = 48;
	seen = ranges();
	check_eq(seen.count, 2);
	check_eq(seen.base[1], 0x100000);

	put_entry(MAP, 0xfffffff0u, 0, 0x9fc00, 1);
	mbi()->mmap_length = 48;
	check_eq(ranges().count, 2);
}

HOST_TEST(map_ends, "a map that ends in the middle of an entry, and one without an end")
{
	put_entry(put_entry(MAP, 20, 0, 0x9fc00, 1), 20, 0x100000, 0x100000, 1);
	mbi()->mmap_length = 47;
	check_eq(ranges().count, 1);
	mbi()->mmap_length = 3;
	check_eq(ranges().count, 0);
	mbi()->mmap_length = 0xffffffffu;
	check(ranges().count >= 2);
}

HOST_TEST(no_map, "without a map, mem_lower and mem_upper; without those, nothing")
{
	struct seen seen;

	mbi()->flags = MULTIBOOT_INFO_MEMORY;
	mbi()->mem_lower = 639;
	mbi()->mem_upper = 64 * 1024;
	seen = ranges();
	check_eq(seen.count, 2);
	check_eq(seen.size[0], 639 * 1024);
	check_eq(seen.base[1], 0x100000);
	check_eq(seen.size[1], 64 << 20);
	check_eq(seen.type[1], BOOT_RANGE_USABLE);

	mbi()->mem_lower = 0;
	check_eq(ranges().count, 1);
	mbi()->flags = 0;
	check_eq(ranges().count, 0);
}

static struct boot_module last_module;
static char last_cmdline[BOOT_MODULE_CMDLINE];

static void see_module(const struct boot_module *module, void *ctx)
{
	++*(unsigned int *)ctx;
	last_module = *module;
	strcpy(last_cmdline, module->cmdline);
}

static unsigned int modules(void)
{
	unsigned int count = 0;

	bootinfo_init(MBI);
	check_eq(bootinfo_for_each_module(see_module, &count), count);
	return count;
}

static void put_module(unsigned int i, u32 start, u32 end, u32 string)
{
	struct multiboot_module entry = {start, end, string, 0};

	memcpy(boot_peek(MODULES + i * sizeof(entry)), &entry, sizeof(entry));
	mbi()->flags |= MULTIBOOT_INFO_MODS;
	mbi()->mods_addr = MODULES;
	mbi()->mods_count = i + 1;
}

HOST_TEST(module, "a module with a string, one without, and one that ends before it starts")
{
	strcpy(boot_peek(STRINGS), "initrd root");
	put_module(0, 0x200000, 0x201234, STRINGS);
	check_eq(modules(), 1);
	check_eq(last_module.start, 0x200000);
	check_eq(last_module.end, 0x201234);
	check_str(last_cmdline, "initrd root");

	put_module(1, 0x300000, 0x300000, 0);
	check_eq(modules(), 2);
	check_str(last_cmdline, "");

	put_module(2, 0x400000, 0x3fffff, 0);
	check_eq(modules(), 2);
}

HOST_TEST(module_string, "a module's string without an end is cut")
{
	put_module(0, 0x200000, 0x201000, 0x10000000);
	check_eq(modules(), 1);
	check_eq(strlen(last_cmdline), BOOT_MODULE_CMDLINE - 1);
}

HOST_TEST(module_count, "a count of modules that cannot be is bounded")
{
	put_module(0, 0x200000, 0x201000, 0);
	mbi()->mods_count = 0xffffffffu;
	check(modules() <= 4096);
}

static void see_reserved(unsigned long base, unsigned long size, void *ctx)
{
	unsigned char *covered = ctx;

	for (; size; size--, base++)
		if (base - ARENA < ARENA_SIZE)
			covered[base - ARENA] = 1;
}

HOST_TEST(reserved, "everything that is read later is reserved")
{
	static unsigned char covered[ARENA_SIZE];

	put_entry(MAP, 20, 0, 0x9fc00, 1);
	strcpy(boot_peek(STRINGS), "a");
	put_module(0, 0x200000, 0x201000, 0);
	put_module(1, 0x200000, 0x201000, STRINGS);
	bootinfo_init(MBI);
	bootinfo_for_each_reserved(see_reserved, covered);
	check(covered[0] && covered[sizeof(struct multiboot_info) - 1]);
	check(covered[MAP - ARENA] && covered[MAP - ARENA + 23] && !covered[MAP - ARENA + 24]);
	check(covered[MODULES - ARENA + 31] && !covered[MODULES - ARENA + 32]);
	check(covered[STRINGS - ARENA] && covered[STRINGS - ARENA + 1]);
	check(!covered[STRINGS - ARENA + 2]);
}

static void ignore_reserved(unsigned long base, unsigned long size, void *ctx)
{
	(void)base;
	(void)size;
	(void)ctx;
}

HOST_TEST(garbage, "whatever the loader left behind, reading it ends")
{
	struct prng rng;

	host_seed(&rng);
	for (int round = 0; round < 200; round++) {
		struct seen seen = {0};
		unsigned int count = 0;

		for (size_t i = 0; i < ARENA_SIZE; i++)
			arena[i] = (unsigned char)prng_next(&rng);
		if (round % 2) {
			mbi()->mmap_addr = MAP;
			mbi()->mods_addr = MODULES;
			mbi()->cmdline = CMDLINE;
		}
		bootinfo_init(MBI);
		bootinfo_for_each_range(see_range, &seen);
		bootinfo_for_each_module(see_module, &count);
		bootinfo_for_each_reserved(ignore_reserved, NULL);
		check(strlen(boot_command_line) < BOOT_COMMAND_LINE_SIZE);
	}
}
