namespace Routing.Agent.BgpConfig;

/// <summary>Reads where a secret is to be had: the text itself, <c>FIELD.secretKeyRef</c> as Calico has it, or
/// <c>FIELDFile</c> for a stand-alone speaker.</summary>
internal static class SecretReader
{
    private const string Allowed = "the text itself, or secretKeyRef with name and key of a Secret";

    /// <summary>Reads a field and its twin that names a file.</summary>
    /// <returns>Null when neither is there, or something is wrong.</returns>
    public static SecretSource? Read(FieldReader spec, string field)
    {
        var file = spec.Text(field + "File");
        if (file is not null && spec.Has(field))
        {
            spec.Report(field + "File", file, $"either {field} or {field}File, not both");
        }

        if (spec.IsObject(field))
        {
            return ReadReference(spec.Object(field)!, $"{field}.secretKeyRef");
        }

        var text = spec.SecretText(field, Allowed);
        return text is not null ? new SecretSource(field, Text: text)
            : file is not null ? new SecretSource(field + "File", File: file)
            : null;
    }

    private static SecretSource? ReadReference(FieldReader outer, string field)
    {
        outer.Require("secretKeyRef", "name and key of a Secret");
        var reference = outer.Object("secretKeyRef");
        outer.End();
        if (reference is null)
        {
            return null;
        }

        reference.Require("name", "the name of a Secret");
        reference.Require("key", "a key of the Secret's data");
        var (name, key) = (reference.Text("name"), reference.Text("key"));
        reference.End();
        return name is null || key is null ? null : new SecretSource(field, SecretName: name, SecretKey: key);
    }
}
