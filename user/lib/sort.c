/*
 * Sorting and searching. qsort() is a heap sort: n log n steps whatever the order, no memory
 * beside the array. The array is read as a tree, element i above 2i+1 and 2i+2; it becomes a
 * heap (no element is greater than the one above it), then the greatest, at the top, goes to
 * the end, again and again.
 */
#include <stdlib.h>

struct array {
	char *base;
	size_t size;
	int (*compare)(const void *, const void *);
};

static void swap(char *a, char *b, size_t size)
{
	while (size--) {
		char byte = *a;

		*a++ = *b;
		*b++ = byte;
	}
}

/* Element i sinks until both below it are smaller; there are `count`. */
static void sink_down(const struct array *array, size_t i, size_t count)
{
	size_t size = array->size;

	for (;;) {
		size_t below = 2 * i + 1;

		if (below >= count)
			return;
		if (below + 1 < count && array->compare(array->base + below * size,
							array->base + (below + 1) * size) < 0)
			below++;
		if (array->compare(array->base + i * size, array->base + below * size) >= 0)
			return;
		swap(array->base + i * size, array->base + below * size, size);
		i = below;
	}
}

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	struct array array = {base, size, compare};

	for (size_t i = count / 2; i > 0; i--)
		sink_down(&array, i - 1, count);
	for (size_t last = count; last > 1; last--) {
		swap(array.base, array.base + (last - 1) * size, size);
		sink_down(&array, 0, last - 1);
	}
}

void *bsearch(const void *key, const void *base, size_t count, size_t size,
	      int (*compare)(const void *, const void *))
{
	const char *low = base;

	while (count) {
		const char *middle = low + count / 2 * size;
		int order = compare(key, middle);

		if (!order)
			return (void *)middle;
		if (order > 0) {
			low = middle + size;
			count -= count / 2 + 1;
		} else {
			count /= 2;
		}
	}
	return NULL;
}
