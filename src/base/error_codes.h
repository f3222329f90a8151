// Every diagnostic code, listed once. A number is never used again for something else.
#pragma once

#include <cstdint>

namespace spelk {

// E01xx syntax, E02xx arguments of commands, E03xx expressions, E04xx missing things,
// E05xx limits, E06xx input. W01xx are warnings. 212 and 405 were never issued.
enum class ErrorCode : uint16_t {
  kSyntax = 101,          // Text that no rule of the grammar takes.
  kUnbalanced = 102,      // A quote, parenthesis or bracket without its partner.
  kMissingCommand = 103,  // Nothing between two pipes.
  kTooDeep = 104,         // Nesting beyond the limit.
  kTooLong = 105,         // Query text or token count beyond the limit.
  kMissingValue = 106,    // A comparison without a right side.
  kUnknownCommand = 201,
  kMissingArgument = 202,
  kUnknownOption = 203,
  kBadOptionValue = 204,
  kBadArgument = 205,
  kNotFirst = 206,  // A generating command that is not the first of its search.
  kRepeatedOption = 207,
  kUnbuiltCommand = 210,  // Documented by Splunk, not built yet.
  kUnbuiltOption = 211,
  kBadRegex = 213,
  kSubsearchText = 214,  // What a subsearch gave cannot stand where it does.
  kUnknownFunction = 301,
  kArgumentCount = 302,
  kTypeMismatch = 303,
  kBooleanAssigned = 304,
  kBadStatistic = 305,
  kMalformedExpression = 306,
  kUnbuiltFunction = 310,
  kUnknownMacro = 401,
  kMacroArguments = 402,
  kMacroValidation = 403,
  kMacroLoop = 404,
  kMissingFile = 406,
  kUnknownLookup = 407,
  kLimit = 501,
  kInput = 601,
  kReadAsCommand = 1101,     // A first word that was taken as a command could be a search term.
  kDiffers = 1102,           // What spelk does on purpose other than Splunk does.
  kTruncated = 1103,         // A limit of Splunk's cut rows, values or matches off.
  kUndefinedMacro = 1104,    // A macro, or an argument of one, that is not there.
  kConfusable = 1105,        // A curly quote or the like among search terms.
  kOperatorAsTerm = 1106,    // A word among terms that was likely meant as something else.
  kClauseAsField = 1107,     // A word of other languages that is a field's name here.
  kOutsideTimeRange = 1108,  // A time range that left out every event.
  kUndefinedClass = 1110,    // An event type or tag that no app defines.
  kNothingThere = 1109,      // An option asks for a field or a form that no event has.
};

}  // namespace spelk
