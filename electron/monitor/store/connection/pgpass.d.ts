declare module 'pgpass' {
  type Place = {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
  };

  /** Calls back with the password of the first line that matches. */
  function pgpass(place: Place, callback: (password: string | undefined) => void): void;
  namespace pgpass {
    /** Where warnings are written; nowhere when null. */
    function warnTo(stream: NodeJS.WritableStream | null): void;
  }
  export = pgpass;
}
