/** The package comes without types: this much of it is used. */
declare module 'asl-validator' {
  export default function validate(definition: object): {
    isValid: boolean;
    errors: { 'Error code': string; Message: string }[];
    errorsText(separator?: string): string;
  };
}
