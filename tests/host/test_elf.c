/* kernel/elf.c against good files, each single fault by name, and files damaged at random. */
#include <stdlib.h>
#include <string.h>

#include "tests/host/host.h"

#include "kernel/elf.h"
#include "mm/layout.h"

#define NR_PH	  4
#define FILE_SIZE 0x6000u

/* A program file: the header and the program headers directly behind it. */
struct file {
	struct elf32_header h;
	struct elf32_phdr ph[NR_PH];
};

static const struct file good = {
	.h =
		{
			.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
			.e_type = ET_EXEC,
			.e_machine = EM_386,
			.e_version = EV_CURRENT,
			.e_entry = 0x08049010,
			.e_phoff = sizeof(struct elf32_header),
			.e_ehsize = sizeof(struct elf32_header),
			.e_phentsize = sizeof(struct elf32_phdr),
			.e_phnum = NR_PH,
		},
	.ph =
		{
			{PT_LOAD, 0x0000, 0x08048000, 0, 0x00d4, 0x00d4, PF_R, 0x1000},
			{PT_LOAD, 0x1000, 0x08049000, 0, 0x21e2, 0x21e2, PF_R | PF_X, 0x1000},
			{PT_LOAD, 0x4700, 0x0804d700, 0, 0x0838, 0x2800, PF_R | PF_W, 0x1000},
			{0x6474e551, 0, 0, 0, 0, 0, PF_R | PF_W, 0x10},
		},
};

static struct elf_image *image;

/* Both steps, with every table in memory of exactly its size. Says "loads" or why not. */
static const char *load(const struct file *f, u64 file_size)
{
	size_t size = f->h.e_phnum * sizeof(struct elf32_phdr);
	struct elf32_phdr *ph;
	const char *why = elf_check_header(&f->h, file_size);

	if (why)
		return why;
	ph = calloc(1, size);
	memcpy(ph, f->ph, size < sizeof(f->ph) ? size : sizeof(f->ph));
	free(image);
	image = malloc(elf_image_size(f->h.e_phnum));
	why = elf_read_segments(&f->h, ph, file_size, image);
	free(ph);
	return why ? why : "loads";
}

HOST_TEST(good, "a program as ld makes it is understood")
{
	check_str(load(&good, FILE_SIZE), "loads");
	check_eq(image->nr_segments, 3);
	check_eq(image->entry, 0x08049010);
	check_eq(image->phdr, 0x08048034);
	check_eq(image->phnum, NR_PH);
	check_eq(image->start_code, 0x08048000);
	check_eq(image->end_code, 0x0804b1e2);
	check_eq(image->start_data, 0x0804d700);
	check_eq(image->end_data, 0x0804df38);
	check_eq(image->end, 0x0804ff00);
	check(!image->interp_len);
	check_eq(image->segment[2].offset, 0x4700);
	check_eq(image->segment[2].memsz, 0x2800);
}

HOST_TEST(dyn, "a position-independent program goes to 0x00400000")
{
	struct file f = good;

	f.h.e_type = ET_DYN;
	f.h.e_entry = 0x1010;
	f.h.e_phnum = 2;
	f.ph[0].p_vaddr = 0;
	f.ph[1].p_vaddr = 0x1000;
	check_str(load(&f, FILE_SIZE), "loads");
	check_eq(image->entry, 0x00401010);
	check_eq(image->phdr, 0x00400034);
	check_eq(image->segment[1].vaddr, 0x00401000);
	f.h.e_entry = TASK_SIZE - 1;
	check_str(load(&f, FILE_SIZE), "entry not in user space");
}

HOST_TEST(interp, "a program that wants a dynamic linker is noted")
{
	struct file f = good;

	f.ph[3].p_type = PT_INTERP;
	f.ph[3].p_offset = 0x134;
	f.ph[3].p_filesz = 19;
	check_str(load(&f, FILE_SIZE), "loads");
	check_eq(image->interp_offset, 0x134);
	check_eq(image->interp_len, 19);
	f.ph[3].p_filesz = 1;
	check_str(load(&f, FILE_SIZE), "interpreter's name too short or too long");
	f.ph[3].p_filesz = 4097;
	check_str(load(&f, FILE_SIZE), "interpreter's name too short or too long");
	f.ph[3].p_filesz = 19;
	f.ph[3].p_offset = FILE_SIZE - 18;
	check_str(load(&f, FILE_SIZE), "interpreter's name beyond the end of the file");
}

HOST_TEST(empty_segments, "a segment of no bytes is left out, whatever its place")
{
	struct file f = good;

	f.ph[3] = (struct elf32_phdr){PT_LOAD, 0x108, 0, 0, 0, 0, PF_R, 0}; /* as ld leaves it */
	check_str(load(&f, FILE_SIZE), "loads");
	check_eq(image->nr_segments, 3);
	f.ph[3].p_filesz = 1;
	check_str(load(&f, FILE_SIZE), "segment larger in the file than in memory");
}

HOST_TEST(shared_page, "two segments share a page only where both show the same file page")
{
	struct file f = good;

	f.ph[2] = (struct elf32_phdr){PT_LOAD, 0x3200, 0x0804b200, 0, 0x100, 0x900, PF_R | PF_W, 0};
	check_str(load(&f, FILE_SIZE), "loads");
	check_eq(image->nr_segments, 3);
	f.ph[2].p_offset = 0x4200;
	check_str(load(&f, FILE_SIZE), "segments share a page of memory but not of the file");
	f.ph[2].p_offset = 0x3200;
	f.ph[1].p_memsz++;
	check_str(load(&f, FILE_SIZE), "segments share a page of memory but not of the file");
}

/* A field of the good file, the value that spoils it, and the answer. */
#define H(field, bad, answer)                                                     \
	{                                                                         \
		offsetof(struct file, h.field), sizeof(good.h.field), bad, answer \
	}
#define P(i, field, bad, answer)                                                          \
	{                                                                                 \
		offsetof(struct file, ph[i].field), sizeof(good.ph[0].field), bad, answer \
	}

static const struct fault {
	size_t offset, size;
	u32 value;
	const char *why;
} faults[] = {
	H(e_ident[0], 0, "not an ELF file"),
	H(e_ident[3], 'f', "not an ELF file"),
	H(e_ident[EI_CLASS], 2, "not a 32-bit program"),
	H(e_ident[EI_DATA], 2, "not little-endian"),
	H(e_ident[EI_VERSION], 0, "of an unknown ELF version"),
	H(e_version, 2, "of an unknown ELF version"),
	H(e_type, 1, "not an executable"),
	H(e_type, 4, "not an executable"),
	H(e_machine, 62, "for another processor"),
	H(e_phentsize, 0, "program headers of a wrong size"),
	H(e_phentsize, 56, "program headers of a wrong size"),
	H(e_phnum, 0, "without program headers"),
	H(e_phnum, 0xffff, "with too many program headers"),
	H(e_phnum, 2048, "program headers beyond the end of the file"),
	H(e_phoff, FILE_SIZE - 127, "program headers beyond the end of the file"),
	H(e_phoff, 0xffffffff, "program headers beyond the end of the file"),
	H(e_phoff, 0xffffff80, "program headers beyond the end of the file"),
	H(e_entry, TASK_SIZE, "entry not in user space"),
	P(1, p_filesz, 0x21e3, "segment larger in the file than in memory"),
	P(1, p_filesz, 0xffffffff, "segment larger in the file than in memory"),
	P(1, p_offset, 0x4000, "segment beyond the end of the file"),
	P(1, p_offset, 0xfffff000, "segment beyond the end of the file"),
	P(1, p_align, 0x1001, "segment alignment is no power of two"),
	P(1, p_offset, 0x1004, "segment at different places in its file page and its memory page"),
	P(1, p_vaddr, 0x08049800,
	  "segment at different places in its file page and its memory page"),
	P(0, p_vaddr, 0, "segment too near to address zero"),
	P(0, p_vaddr, MMAP_MIN_ADDR - 0x1000, "segment too near to address zero"),
	P(2, p_vaddr, 0xbfffe700, "segment beyond user space"),
	P(2, p_vaddr, 0xfffff700, "segment beyond user space"),
	P(2, p_memsz, 0xf8000000, "segment beyond user space"),
	P(2, p_memsz, 0xffffffff, "segment beyond user space"),
	P(0, p_vaddr, 0x0804a000, "segments overlap or are out of order"),
	P(0, p_vaddr, 0x08050000, "segments overlap or are out of order"),
	P(0, p_memsz, 0x1001, "segments overlap or are out of order"),
};

HOST_TEST(single_faults, "each spoiled field is refused in its own words")
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		struct file f = good;
		const char *why;

		memcpy((char *)&f + faults[i].offset, &faults[i].value, faults[i].size);
		why = load(&f, FILE_SIZE);
		if (strcmp(why, faults[i].why) != 0)
			host_note("fault %zu", i);
		check_str(why, faults[i].why);
	}
}

HOST_TEST(short_files, "a file that ends too early is refused at every length")
{
	u64 size;

	for (size = 0; size < 0x4f38; size++)
		check(strcmp(load(&good, size), "loads") != 0);
	check_str(load(&good, 0x4f38), "loads");
}

/* What kernel/elf.h promises of a file that it lets pass, asked one segment at a time. */
static void check_promises(const struct file *f, u64 file_size)
{
	u64 last_end = 0;
	unsigned int i;

	check(image->nr_segments >= 1 && image->nr_segments <= f->h.e_phnum);
	check(image->entry < TASK_SIZE);
	for (i = 0; i < image->nr_segments; i++) {
		const struct elf_segment *s = &image->segment[i];
		u64 first = s->vaddr & PAGE_MASK;

		check(s->memsz > 0 && s->filesz <= s->memsz);
		check((u64)s->offset + s->filesz <= file_size);
		check(!s->filesz || s->vaddr % PAGE_SIZE == s->offset % PAGE_SIZE);
		check(first >= MMAP_MIN_ADDR);
		check((u64)s->vaddr + s->memsz <= TASK_SIZE - ELF_STACK_RESERVE);
		check(s->vaddr >= last_end);
		if (i && first < PAGE_ALIGN(last_end)) {
			check_eq(s[-1].filesz, s[-1].memsz);
			check_eq(s->vaddr - s->offset, s[-1].vaddr - s[-1].offset);
		}
		last_end = (u64)s->vaddr + s->memsz;
	}
	check_eq(image->end, last_end);
	if (image->phdr)
		check(image->phdr >= image->start_code && image->phdr < image->end_data);
}

/* Values at which such checks go wrong, and a plain random one. */
static u32 odd_value(struct prng *rng)
{
	static const u32 odd[] = {
		0,	    1,		2,	    0x1f,	0x34,	    0xfff,	0x1000,
		0x1001,	    0x10000,	0x5fff,	    0x6000,	0x08048000, 0x08049000, 0x0804a001,
		0x40000000, 0x7fffffff, 0x80000000, 0xbf7ff000, 0xbf800000, 0xbfffffff, 0xc0000000,
		0xffbff000, 0xfffff000, 0xffffffe0, 0xffffffff,
	};
	u32 pick = prng_below(rng, ARRAY_SIZE(odd) + 4);

	return pick < ARRAY_SIZE(odd) ? odd[pick] : prng_next(rng);
}

static void damage(struct file *f, struct prng *rng)
{
	u32 offset = prng_below(rng, sizeof(*f));
	u32 value = odd_value(rng);

	switch (prng_below(rng, 4)) {
	case 0:
		((u8 *)f)[offset] = (u8)value;
		break;
	case 1:
		((u8 *)f)[offset] ^= (u8)(1u << (value & 7));
		break;
	case 2: /* a word of a program header */
		((u32 *)f->ph)[prng_below(rng, sizeof(f->ph) / 4)] = value;
		break;
	default: /* two segments change places */
		swap(f->ph[prng_below(rng, NR_PH)], f->ph[prng_below(rng, NR_PH)]);
		break;
	}
}

HOST_TEST(random, "200,000 damaged files: what passes keeps every promise")
{
	unsigned int i, passed = 0;
	struct prng rng;

	host_seed(&rng);
	for (i = 0; i < 200000; i++) {
		struct file f = good;
		u64 size = prng_below(&rng, 8) ? FILE_SIZE : prng_below(&rng, FILE_SIZE + 1);
		u32 times = 1 + prng_below(&rng, 4);

		if (prng_below(&rng, 4) == 0)
			f.h.e_type = ET_DYN;
		while (times--)
			damage(&f, &rng);
		if (strcmp(load(&f, size), "loads") != 0)
			continue;
		passed++;
		check_promises(&f, size);
	}
	host_note("%u of 200000 passed", passed);
	check(passed > 10000 && passed < 150000);
}
