// What generated lexers and parsers need of ANTLR's runtime. Found before the system's header of
// the same name, which includes everything, and of that what clang 14 rejects.
#pragma once

#include <ANTLRErrorStrategy.h>
#include <CharStream.h>
#include <Exceptions.h>
#include <Lexer.h>
#include <NoViableAltException.h>
#include <Parser.h>
#include <ParserRuleContext.h>
#include <TokenStream.h>
#include <Vocabulary.h>
#include <atn/ATN.h>
#include <atn/ATNDeserializer.h>
#include <atn/LexerATNSimulator.h>
#include <atn/ParserATNSimulator.h>
#include <atn/PredictionContext.h>
#include <dfa/DFA.h>
#include <support/Any.h>
#include <tree/TerminalNode.h>
