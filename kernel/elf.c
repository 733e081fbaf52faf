/*
 * The checks on program files. The file may be hostile: each field is compared
 * with the file's size and the address space before it is used, and sums that
 * could overflow 32 bits are made in 64.
 */
#include "kernel/elf.h"
#include "kernel/lib/string.h"
#include "mm/layout.h"

static const char *check_ident(const struct elf32_header *h)
{
	if (memcmp(h->e_ident, "\177ELF", 4) != 0)
		return "not an ELF file";
	if (h->e_ident[EI_CLASS] != ELFCLASS32)
		return "not a 32-bit program";
	if (h->e_ident[EI_DATA] != ELFDATA2LSB)
		return "not little-endian";
	if (h->e_ident[EI_VERSION] != EV_CURRENT || h->e_version != EV_CURRENT)
		return "of an unknown ELF version";
	if (h->e_machine != EM_386)
		return "for another processor";
	if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
		return "not an executable";
	return NULL;
}

const char *elf_check_header(const struct elf32_header *h, u64 file_size)
{
	const char *why;

	if (file_size < sizeof(*h))
		return "too short for an ELF header";
	why = check_ident(h);
	if (why)
		return why;
	if (h->e_phentsize != sizeof(struct elf32_phdr))
		return "program headers of a wrong size";
	if (h->e_phnum == 0)
		return "without program headers";
	if (h->e_phnum > ELF_MAX_PHNUM)
		return "with too many program headers";
	if ((u64)h->e_phoff + h->e_phnum * sizeof(struct elf32_phdr) > file_size)
		return "program headers beyond the end of the file";
	if (h->e_entry >= TASK_SIZE)
		return "entry not in user space";
	return NULL;
}

/* One PT_LOAD by itself; `bias` is what its addresses move by. */
static const char *check_load(const struct elf32_phdr *ph, u64 file_size, unsigned long bias)
{
	u64 start = (u64)ph->p_vaddr + bias;

	if (ph->p_filesz > ph->p_memsz)
		return "segment larger in the file than in memory";
	if ((u64)ph->p_offset + ph->p_filesz > file_size)
		return "segment beyond the end of the file";
	if (ph->p_align && !is_power_of_2(ph->p_align))
		return "segment alignment is no power of two";
	if (ph->p_filesz && ((ph->p_vaddr ^ ph->p_offset) & (PAGE_SIZE - 1)))
		return "segment at different places in its file page and its memory page";
	if ((start & PAGE_MASK) < MMAP_MIN_ADDR)
		return "segment too near to address zero";
	if (start + ph->p_memsz > TASK_SIZE - ELF_STACK_RESERVE)
		return "segment beyond user space";
	return NULL;
}

/*
 * May `next` follow `prev`? When they meet in a page, that page must come from
 * the same page of the file for both, with nothing to be zeroed for `prev` in it.
 */
static const char *check_order(const struct elf_segment *prev, const struct elf_segment *next)
{
	if (next->vaddr < prev->vaddr + prev->memsz)
		return "segments overlap or are out of order";
	if ((next->vaddr & PAGE_MASK) >= PAGE_ALIGN(prev->vaddr + prev->memsz))
		return NULL;
	if (prev->filesz != prev->memsz || !next->filesz ||
	    prev->vaddr - prev->offset != next->vaddr - next->offset)
		return "segments share a page of memory but not of the file";
	return NULL;
}

/* Bounds of code, data and everything, as Linux reports them in /proc. */
static void widen_bounds(struct elf_image *image, const struct elf_segment *s)
{
	if (image->nr_segments == 0)
		image->start_code = s->vaddr;
	image->start_data = s->vaddr;
	if (s->flags & PF_X)
		image->end_code = s->vaddr + s->filesz;
	image->end_data = s->vaddr + s->filesz;
	image->end = s->vaddr + s->memsz;
}

static const char *add_segment(struct elf_image *image, const struct elf32_phdr *ph, u64 file_size,
			       unsigned long bias)
{
	struct elf_segment *s = &image->segment[image->nr_segments];
	const char *why;

	if (!ph->p_memsz && !ph->p_filesz)
		return NULL;
	why = check_load(ph, file_size, bias);
	if (why)
		return why;
	*s = (struct elf_segment){
		.vaddr = ph->p_vaddr + bias,
		.offset = ph->p_offset,
		.filesz = ph->p_filesz,
		.memsz = ph->p_memsz,
		.flags = ph->p_flags,
	};
	if (image->nr_segments)
		why = check_order(s - 1, s);
	if (why)
		return why;
	widen_bounds(image, s);
	image->nr_segments++;
	return NULL;
}

/* Where the program sees its own program headers: in the segment that holds them all. */
static unsigned long find_phdr(const struct elf_image *image, const struct elf32_header *h)
{
	u64 end = (u64)h->e_phoff + h->e_phnum * sizeof(struct elf32_phdr);

	for (unsigned int i = 0; i < image->nr_segments; i++) {
		const struct elf_segment *s = &image->segment[i];

		if (h->e_phoff >= s->offset && end <= (u64)s->offset + s->filesz)
			return s->vaddr + (h->e_phoff - s->offset);
	}
	return 0;
}

/* The path itself is read, and may be refused, by exec. */
static const char *note_interp(struct elf_image *image, const struct elf32_phdr *ph, u64 file_size)
{
	if (image->interp_len)
		return NULL; /* the first one counts */
	if (ph->p_filesz < 2 || ph->p_filesz > ELF_INTERP_MAX)
		return "interpreter's name too short or too long";
	if ((u64)ph->p_offset + ph->p_filesz > file_size)
		return "interpreter's name beyond the end of the file";
	image->interp_offset = ph->p_offset;
	image->interp_len = ph->p_filesz;
	return NULL;
}

void elf_move(struct elf_image *image, unsigned long delta)
{
	image->entry += delta;
	if (image->phdr)
		image->phdr += delta;
	image->start_code += delta;
	image->end_code += delta;
	image->start_data += delta;
	image->end_data += delta;
	image->end += delta;
	for (unsigned int i = 0; i < image->nr_segments; i++)
		image->segment[i].vaddr += delta;
}

const char *elf_read_segments(const struct elf32_header *h, const struct elf32_phdr *ph,
			      u64 file_size, struct elf_image *image)
{
	unsigned long bias = h->e_type == ET_DYN ? ELF_DYN_BASE : 0;

	memset(image, 0, sizeof(*image));
	image->dyn = h->e_type == ET_DYN;
	for (unsigned int i = 0; i < h->e_phnum; i++) {
		const char *why = NULL;

		if (ph[i].p_type == PT_LOAD)
			why = add_segment(image, &ph[i], file_size, bias);
		else if (ph[i].p_type == PT_INTERP)
			why = note_interp(image, &ph[i], file_size);
		if (why)
			return why;
	}
	if (!image->nr_segments)
		return "nothing to load";
	if ((u64)h->e_entry + bias >= TASK_SIZE)
		return "entry not in user space";
	image->entry = h->e_entry + bias;
	image->phnum = h->e_phnum;
	image->phdr = find_phdr(image, h);
	return NULL;
}
