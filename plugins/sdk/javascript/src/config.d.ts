// Types of configurations, inferred from their fields.

/** What every field takes. */
export interface FieldOptions<T> {
  /** For people: what it is for. */
  readonly description?: string;
  /** What it is where the configuration does not say it. */
  readonly default?: T;
  /** It may be left out, and is then `undefined`. */
  readonly optional?: boolean;
}

export interface TextOptions extends FieldOptions<string> {
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression that the text must match. */
  readonly pattern?: string;
}

export interface NumberOptions extends FieldOptions<number> {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** One value of a configuration: its type, its schema, and how it is read. */
export interface Field<T, O extends FieldOptions<any> = {}> {
  readonly schema: object;
  readonly options: O;
  read(value: unknown, path: string): T;
}

export interface Fields {
  readonly [key: string]: Field<any, any>;
}

type IsOptional<F> = F extends Field<any, infer O> ? ("default" extends keyof O ? false : O extends { readonly optional: true } ? true : false) : false;

type TypeOf<F> = F extends Field<infer T, any> ? T : never;

type Simplify<T> = { [K in keyof T]: T[K] };

/** The type of a configuration with these fields. */
export type ConfigOf<F extends Fields> = Simplify<
  { -readonly [K in keyof F as IsOptional<F[K]> extends true ? never : K]: TypeOf<F[K]> } & {
    -readonly [K in keyof F as IsOptional<F[K]> extends true ? K : never]?: TypeOf<F[K]>;
  }
>;
