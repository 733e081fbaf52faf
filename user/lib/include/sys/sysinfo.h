/* The state of the whole system in one call. */
#ifndef _SYS_SYSINFO_H
#define _SYS_SYSINFO_H

struct sysinfo {
	long uptime;
	unsigned long loads[3]; /* times 65536 */
	unsigned long totalram, freeram, sharedram, bufferram;
	unsigned long totalswap, freeswap;
	unsigned short procs;
	unsigned short pad;
	unsigned long totalhigh, freehigh;
	unsigned int mem_unit; /* bytes that the memory figures count in */
	char _f[8];
};

int sysinfo(struct sysinfo *info);

#endif
