/* Port input and output (Intel SDM vol. 2, IN and OUT). Any context. */
#ifndef FOLIO_CPU_IO_H
#define FOLIO_CPU_IO_H

#include "kernel/lib/compiler.h"

static __always_inline void outb(u16 port, u8 value)
{
	__asm__ volatile("outb %0,%1" ::"a"(value), "Nd"(port));
}

static __always_inline void outw(u16 port, u16 value)
{
	__asm__ volatile("outw %0,%1" ::"a"(value), "Nd"(port));
}

static __always_inline void outl(u16 port, u32 value)
{
	__asm__ volatile("outl %0,%1" ::"a"(value), "Nd"(port));
}

static __always_inline u8 inb(u16 port)
{
	u8 value;

	__asm__ volatile("inb %1,%0" : "=a"(value) : "Nd"(port));
	return value;
}

static __always_inline u16 inw(u16 port)
{
	u16 value;

	__asm__ volatile("inw %1,%0" : "=a"(value) : "Nd"(port));
	return value;
}

static __always_inline u32 inl(u16 port)
{
	u32 value;

	__asm__ volatile("inl %1,%0" : "=a"(value) : "Nd"(port));
	return value;
}

/* About a microsecond: a write to the POST port, for old controllers between commands. */
static __always_inline void io_delay(void)
{
	outb(0x80, 0);
}

#endif
