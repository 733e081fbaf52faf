/*
 * Reading the loader's tables. They may lie anywhere below 4 GiB, above what the
 * boot page tables map, so every byte comes through boot_peek(). None of
 * their contents is trusted: counts and sizes are bounded by what fits, and a
 * string is cut where the buffer ends. Apart from that window this is plain C, and
 * is tested on the host.
 */
#include "kernel/bootinfo.h"

#include "boot/multiboot.h"
#include "kernel/lib/string.h"

#define KERNEL_NAME	"folio"
#define LOADER_NAME_MAX 64
#define MAX_TABLE_BYTES 0x10000u /* of the memory map, and of the list of modules */

char boot_command_line[BOOT_COMMAND_LINE_SIZE];

static struct multiboot_info mbi;
static unsigned long mbi_address;
static char loader_name[LOADER_NAME_MAX];

/* Copy a string, cut it to fit; the length that it has in memory, with its end, up to `size`. */
static size_t copy_string(char *dst, unsigned long phys, size_t size)
{
	size_t len = 0;

	while (len < size - 1 && (dst[len] = *(char *)boot_peek(phys + len)) != '\0')
		len++;
	dst[len] = '\0';
	return len + 1;
}

/*
 * QEMU puts the kernel's file name in front of the options and GRUB does not: a
 * first word with a slash, or the kernel's own name, is not an option.
 */
static void strip_kernel_name(char *line)
{
	size_t word = strcspn(line, " ");
	size_t name = strcspn(line, " =");
	bool has_slash = memchr(line, '/', name) != NULL;

	if (!has_slash && !(strncmp(line, KERNEL_NAME, strlen(KERNEL_NAME)) == 0 && name == word))
		return;
	word += strspn(line + word, " ");
	memmove(line, line + word, strlen(line + word) + 1);
}

void bootinfo_init(unsigned long mbi_phys)
{
	mbi_address = mbi_phys;
	boot_copy_phys(&mbi, mbi_phys, sizeof(mbi));
	if (mbi.flags & MULTIBOOT_INFO_CMDLINE && mbi.cmdline)
		copy_string(boot_command_line, mbi.cmdline, sizeof(boot_command_line));
	strip_kernel_name(boot_command_line);
	if (mbi.flags & MULTIBOOT_INFO_LOADER_NAME && mbi.boot_loader_name)
		copy_string(loader_name, mbi.boot_loader_name, sizeof(loader_name));
}

const char *bootinfo_loader(void)
{
	return loader_name[0] ? loader_name : "unknown loader";
}

static bool has_map(void)
{
	return mbi.flags & MULTIBOOT_INFO_MEM_MAP && mbi.mmap_addr &&
	       mbi.mmap_length >= sizeof(struct multiboot_mmap_entry);
}

static u32 map_bytes(void)
{
	return min(mbi.mmap_length, (u32)MAX_TABLE_BYTES);
}

static unsigned int for_each_map_entry(void (*fn)(u64 base, u64 size, u32 type, void *ctx),
				       void *ctx)
{
	struct multiboot_mmap_entry entry;
	u32 offset = 0, length = map_bytes();
	unsigned int count = 0;

	while (length - offset >= sizeof(entry)) {
		boot_copy_phys(&entry, mbi.mmap_addr + offset, sizeof(entry));
		if (entry.size < sizeof(entry) - sizeof(entry.size) || entry.size > length)
			entry.size = sizeof(entry) - sizeof(entry.size);
		if (entry.length) {
			fn(entry.base, entry.length, entry.type, ctx);
			count++;
		}
		offset += entry.size + sizeof(entry.size);
		if (offset > length)
			break;
	}
	return count;
}

unsigned int bootinfo_for_each_range(void (*fn)(u64 base, u64 size, u32 type, void *ctx), void *ctx)
{
	unsigned int count = 0;

	if (has_map())
		count = for_each_map_entry(fn, ctx);
	if (count || !(mbi.flags & MULTIBOOT_INFO_MEMORY))
		return count;
	if (mbi.mem_lower) {
		fn(0, (u64)mbi.mem_lower << 10, BOOT_RANGE_USABLE, ctx);
		count++;
	}
	if (mbi.mem_upper) {
		fn(0x100000, (u64)mbi.mem_upper << 10, BOOT_RANGE_USABLE, ctx);
		count++;
	}
	return count;
}

static u32 module_count(void)
{
	if (!(mbi.flags & MULTIBOOT_INFO_MODS) || !mbi.mods_addr)
		return 0;
	return min(mbi.mods_count, (u32)(MAX_TABLE_BYTES / sizeof(struct multiboot_module)));
}

static struct multiboot_module read_module(u32 i)
{
	struct multiboot_module entry;

	boot_copy_phys(&entry, mbi.mods_addr + i * sizeof(entry), sizeof(entry));
	return entry;
}

unsigned int bootinfo_for_each_module(void (*fn)(const struct boot_module *module, void *ctx),
				      void *ctx)
{
	char cmdline[BOOT_MODULE_CMDLINE];
	unsigned int count = 0;

	for (u32 i = 0; i < module_count(); i++) {
		struct multiboot_module entry = read_module(i);
		struct boot_module module = {entry.start, entry.end, cmdline};

		if (entry.end < entry.start)
			continue;
		cmdline[0] = '\0';
		if (entry.string)
			copy_string(cmdline, entry.string, sizeof(cmdline));
		fn(&module, ctx);
		count++;
	}
	return count;
}

/* The strings are bounded by what is ever read of them. */
void bootinfo_for_each_reserved(void (*fn)(unsigned long base, unsigned long size, void *ctx),
				void *ctx)
{
	char cmdline[BOOT_MODULE_CMDLINE];
	u32 modules = module_count();

	fn(mbi_address, sizeof(mbi), ctx);
	if (has_map())
		fn(mbi.mmap_addr, map_bytes(), ctx);
	if (modules)
		fn(mbi.mods_addr, modules * sizeof(struct multiboot_module), ctx);
	for (u32 i = 0; i < modules; i++) {
		u32 string = read_module(i).string;

		if (string)
			fn(string, copy_string(cmdline, string, sizeof(cmdline)), ctx);
	}
}
