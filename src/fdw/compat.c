/*-------------------------------------------------------------------------
 *
 * compat.c
 *	  Functions that PostgreSQL 14 does not have yet.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/compat.h"

#if PG_VERSION_NUM < 150000

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/tuplestore.h"

void
hw_init_srf(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext before;

	if (result == NULL || !IsA(result, ReturnSetInfo) ||
		!(result->allowedModes & SFRM_Materialize))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));
	before = MemoryContextSwitchTo(result->econtext->ecxt_per_query_memory);
	if (get_call_result_type(fcinfo, NULL, &result->setDesc) !=
		TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	result->returnMode = SFRM_Materialize;
	result->setResult = tuplestore_begin_heap(true, false, work_mem);
	MemoryContextSwitchTo(before);
}

#endif
