// Small types that entries, expressions and nodes share.
#pragma once

#include <cstdint>
#include <string_view>

namespace spelk::plan {

// What is known of an expression's value before it runs. A field is kAny: its text decides.
enum class Type : uint8_t { kAny, kNumber, kString, kBoolean, kNull };

// "a number", "a string" … for messages.
std::string_view Describe(Type type);

// The six kinds of commands of the Search Manual ("Types of commands").
enum class CommandKind : uint8_t {
  kDistributableStreaming,
  kCentralizedStreaming,
  kTransforming,
  kGenerating,
  kOrchestrating,
  kDatasetProcessing,
};
std::string_view Describe(CommandKind kind);

// How the operator of a command runs.
enum class Runs : uint8_t {
  kStreaming,   // Any worker, any morsel.
  kSink,        // A state for each worker, merged; the result follows when all input was seen.
  kSequential,  // Batches in order, one worker.
  kSource,      // Makes rows of its own, or reads events.
};

// What a command has to do with the order of its input.
enum class Order : uint8_t {
  kKeeps,     // Works row by row; rows come out in the order they came in.
  kNeeds,     // Its result depends on the order. A sink meets that by ranking rows; sequential
              // operators must be fed in order.
  kDestroys,  // Gives its result an order of its own, whatever came in.
  kIgnores,   // Like kDestroys, and no row's content depends on the order either.
};

// Which fields, in an entry; nodes say it exactly.
enum class Fields : uint8_t { kNone, kAll, kArguments };

}  // namespace spelk::plan
