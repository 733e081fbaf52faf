/*
 * Reading ELF files for the i386: which bytes of a program file go where.
 * Nothing here touches memory other than its arguments', allocates or sleeps;
 * it compiles for the host, where it meets many thousand damaged files.
 *
 * Layouts and values: System V Application Binary Interface, edition 4.1,
 * chapters 4 and 5, and its Intel386 supplement.
 */
#ifndef FOLIO_ELF_H
#define FOLIO_ELF_H

#include "kernel/lib/compiler.h"

struct elf32_header {
	u8 e_ident[16];
	u16 e_type;
	u16 e_machine;
	u32 e_version;
	u32 e_entry;	 /* address of the first instruction */
	u32 e_phoff;	 /* of the program headers, in the file */
	u32 e_shoff;	 /* of the section headers: of no use for loading */
	u32 e_flags;	 /* none are defined for the i386 */
	u16 e_ehsize;	 /* of this header */
	u16 e_phentsize; /* of one program header */
	u16 e_phnum;
	u16 e_shentsize;
	u16 e_shnum;
	u16 e_shstrndx;
};

struct elf32_phdr {
	u32 p_type;
	u32 p_offset; /* in the file */
	u32 p_vaddr;
	u32 p_paddr;
	u32 p_filesz; /* bytes from the file ... */
	u32 p_memsz;  /* ... and how many there are in memory; the rest is zero */
	u32 p_flags;
	u32 p_align;
};

_Static_assert(sizeof(struct elf32_header) == 52, "the ABI's size");
_Static_assert(sizeof(struct elf32_phdr) == 32, "the ABI's size");

/* e_ident */
#define EI_CLASS    4
#define EI_DATA	    5
#define EI_VERSION  6
#define ELFCLASS32  1
#define ELFDATA2LSB 1
#define EV_CURRENT  1

#define ET_EXEC	    2 /* linked for fixed addresses */
#define ET_DYN	    3 /* position independent */
#define EM_386	    3

#define PT_LOAD	    1
#define PT_INTERP   3

#define PF_X	    1u
#define PF_W	    2u
#define PF_R	    4u

/* Entries of the auxiliary vector; the kernel writes pairs of type and value. */
#define AT_NULL		  0
#define AT_PHDR		  3 /* program headers in memory */
#define AT_PHENT	  4
#define AT_PHNUM	  5
#define AT_PAGESZ	  6
#define AT_BASE		  7 /* of the interpreter */
#define AT_FLAGS	  8
#define AT_ENTRY	  9
#define AT_UID		  11
#define AT_EUID		  12
#define AT_GID		  13
#define AT_EGID		  14
#define AT_PLATFORM	  15
#define AT_HWCAP	  16 /* cpuid 1, edx */
#define AT_CLKTCK	  17
#define AT_SECURE	  23
#define AT_RANDOM	  25 /* address of 16 random bytes */
#define AT_EXECFN	  31 /* address of the program's name */

#define ELF_INTERP_MAX	  4096ul       /* bytes of an interpreter's path */
#define ELF_DYN_BASE	  0x00400000ul /* where position-independent programs go */
#define ELF_MAX_PHNUM	  (65536u / sizeof(struct elf32_phdr))
#define ELF_STACK_RESERVE (8ul << 20) /* below TASK_SIZE, kept for the stack */

/* One PT_LOAD that has passed the checks; memsz is not 0. */
struct elf_segment {
	unsigned long vaddr; /* of its first byte */
	unsigned long offset;
	unsigned long filesz;
	unsigned long memsz;
	u32 flags; /* PF_* */
};

/* What a program file asks for. Addresses are final: a position-independent one is placed. */
struct elf_image {
	unsigned long entry;
	unsigned long phdr; /* of the program headers in memory; 0: no segment has them */
	unsigned int phnum;
	unsigned long start_code, end_code, start_data, end_data;
	unsigned long end; /* of the last segment: the heap begins at the next page */
	unsigned long
		interp_offset; /* in the file: the path of the dynamic linker that loads it ... */
	unsigned long interp_len; /* ... bytes with the 0; 0: none is needed */
	bool dyn;		  /* position independent: may be moved */
	unsigned int nr_segments;
	struct elf_segment segment[]; /* ascending */
};

/* elf_image_size - bytes of an elf_image with room for all of @phnum headers. */
static inline size_t elf_image_size(unsigned int phnum)
{
	return sizeof(struct elf_image) + phnum * sizeof(struct elf_segment);
}

/*
 * elf_check_header - may this file be loaded, as far as its first 52 bytes tell?
 * @file_size: bytes of the whole file
 * Returns NULL, or a phrase that says what is wrong.
 *
 * Afterwards e_phnum is 1..ELF_MAX_PHNUM and the program headers lie in the file.
 */
const char *elf_check_header(const struct elf32_header *h, u64 file_size);

/*
 * elf_read_segments - check the program headers and say what to map.
 * @h: has passed elf_check_header()
 * @ph: h->e_phnum program headers
 * @image: elf_image_size(h->e_phnum) bytes, filled in
 * Returns NULL, or a phrase that says what is wrong.
 *
 * Afterwards each segment lies inside the file and, page-rounded, in
 * [MMAP_MIN_ADDR, TASK_SIZE - ELF_STACK_RESERVE); its offset and address agree
 * modulo the page size; filesz <= memsz. Two segments share a page only where
 * both map the same page of the file, so that the later mapping may win. As in
 * Linux, e_entry need only be a user address: a program with a bad one starts, and
 * ends at its first instruction.
 */
const char *elf_read_segments(const struct elf32_header *h, const struct elf32_phdr *ph,
			      u64 file_size, struct elf_image *image);

/*
 * elf_move - a position-independent image goes `delta` bytes further, a multiple of the page size.
 */
void elf_move(struct elf_image *image, unsigned long delta);

#endif
