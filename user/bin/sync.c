/* sync - write what is still in memory. */
#include <unistd.h>

int main(void)
{
	sync();
	return 0;
}
