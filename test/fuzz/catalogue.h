/*-------------------------------------------------------------------------
 *
 * catalogue.h
 *	  Picks tables of the catalogue by number.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_FUZZ_CATALOGUE_H
#define HW_FUZZ_CATALOGUE_H

#include "catalog/catalog.h"

typedef struct FuzzTable
{
	const HwService *service;
	const HwApi *api;
	const HwTable *table;
	int			ncolumns;
} FuzzTable;

/*
 * Table number one, two and so on of all services, beginning again behind the
 * last one.  Inputs name it by the letter A, B, ...
 */
static inline FuzzTable
fuzz_table(unsigned letter)
{
	FuzzTable	all[64];
	unsigned	count = 0;

	for (const HwService *const *s = hw_services; *s; s++)
		for (const HwApi *a = (*s)->apis; a->name; a++)
			for (const HwTable *t = a->tables; t->name && count < 64; t++)
				all[count++] = (FuzzTable) {*s, a, t, 0};
	all[0] = all[(letter + count - 'A' % count) % count];
	while (all[0].table->columns[all[0].ncolumns].name)
		all[0].ncolumns++;
	return all[0];
}

#endif							/* HW_FUZZ_CATALOGUE_H */
