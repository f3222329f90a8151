// The shapes of SPL. The parser reads one command at a time: src/syntax/parse.cc cuts the tokens at the
// pipes, and a subsearch is one token that stands for what was parsed by itself. Which command has which
// shape its entry says: a command's name comes as one of four tokens. Every decision needs one token of
// lookahead, so the parser never has to predict.
parser grammar SplParser;

options { tokenVocab = SplLexer; }

@members {
  // Reads the tables that ANTLR made; what the generated file would otherwise do before main.
  static void Prepare();
}

@definitions {
  void SplParser::Prepare() { static const Initializer once; }
}

// ---------------------------------------------------------------- entries

loneCommand : command EOF ;
loneTerms : terms? EOF ;
loneExpression : expression EOF ;

// ---------------------------------------------------------------- commands

command
  : SEARCH_COMMAND terms?
  | EXPRESSION_COMMAND expression?
  | ASSIGNMENT_COMMAND ( assignment ( COMMA assignment )* )?
  | ARGUMENT_COMMAND arguments clause*
  | STAGE_MACRO arguments clause*
  | terms                                  // A search without the word.
  ;

// ---------------------------------------------------------------- search terms

// OR binds tighter than AND, written or not; NOT binds tighter than both.
terms : NOT* term ( ( AND | OR )? NOT* term )* ;

term
  : ( WORD | STRING | MACRO ) ( comparator searchValue | NOT_BEFORE_IN? IN ( searchValues | SUBSEARCH ) )?
  | directive
  | LPAREN terms? RPAREN
  | SUBSEARCH
  ;

searchValue : WORD | STRING | directive | SUBSEARCH | MACRO ;
// Commas too many or too few are taken, as Splunk does.
searchValues : LPAREN COMMA* searchValue ( COMMA | searchValue )* RPAREN ;

directive : DIRECTIVE LPAREN RAW_TEXT RPAREN ;
comparator : EQ | NEQ | LT | LE | GT | GE ;

// ---------------------------------------------------------------- expressions

assignment : target EQ expression | MACRO ( EQ expression )? | SUBSEARCH ;
target : WORD | STRING | FIELD ;

// A flat chain; which operator binds how tightly is a table in src/syntax/expression_builder.cc.
expression : prefix* operand ( infix prefix* operand | NOT? IN ( LPAREN expressions? RPAREN | SUBSEARCH ) )* ;
prefix : NOT | MINUS | PLUS ;
infix
  : OR | XOR | AND | LIKE | comparator
  | PLUS | MINUS | DOT | STAR | SLASH | PERCENT
  ;

operand
  : WORD ( LPAREN expressions? RPAREN )?
  | ( LIKE | IN ) LPAREN expressions? RPAREN     // The functions of that name.
  | FIELD
  | STRING
  | NUMBER
  | DOT NUMBER                                   // .5
  | LPAREN expression RPAREN
  | SUBSEARCH
  | MACRO
  ;
expressions : expression ( COMMA expression )* ;

// ---------------------------------------------------------------- arguments of commands

arguments : ( argument | COMMA )* ;
clause
  : ( BY | OVER | OUTPUT | OUTPUTNEW | WHERE | FROM ) COMMA* argument arguments
  | SEARCH_WHERE terms
  ;

argument
  : WORD call? ( comparator argumentValue )? alias?
  | STRING ( comparator argumentValue )? alias?
  | FIELD alias?                                 // In calls only: p95('response time').
  | evaluation alias?
  | directive alias?
  | MACRO alias?
  | SIGN
  | SUBSEARCH
  ;
argumentValue
  : WORD call? ( LIST_COMMA listItem )*
  | STRING ( LIST_COMMA listItem )*
  | evaluation
  | SEARCH_PAREN terms? RPAREN
  | MACRO
  | SUBSEARCH
  ;
listItem : WORD | STRING ;
call : CALL_PAREN arguments RPAREN ;
evaluation : EVAL? LPAREN expression RPAREN ;
alias : AS ( WORD call? | STRING | MACRO | SUBSEARCH ) ;    // `AS rate(bytes)` names a field as it stands.
