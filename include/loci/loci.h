/**
 * @file loci.h
 * @brief All of Loci: networks trained by moving neurons.
 */
#ifndef LOCI_LOCI_H
#define LOCI_LOCI_H

#include <loci/catalogue.h>
#include <loci/codegen.h>
#include <loci/data.h>
#include <loci/exchange.h>
#include <loci/facts.h>
#include <loci/inspect.h>
#include <loci/network.h>
#include <loci/option.h>
#include <loci/pool.h>
#include <loci/prepared.h>
#include <loci/projection.h>
#include <loci/prune.h>
#include <loci/record.h>
#include <loci/run.h>
#include <loci/spec.h>
#include <loci/status.h>
#include <loci/support.h>
#include <loci/team.h>
#include <loci/train.h>
#include <loci/trainer.h>
#include <loci/view.h>

#endif
