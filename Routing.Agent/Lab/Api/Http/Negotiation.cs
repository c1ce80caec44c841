namespace Routing.Agent.Lab.Api.Http;

/// <summary>Reads Accept: JSON in one of three forms. Protobuf, which client-go prefers, is passed over for the JSON it names next.
/// </summary>
internal static class Negotiation
{
    /// <exception cref="ApiException">406: nothing we can write.</exception>
    public static ResponseForm Form(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        if (accept.Length == 0)
        {
            return ResponseForm.Full;
        }

        foreach (var range in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "application/*" or "*/*" or "text/plain"))
            {
                continue;
            }

            var parameters = parts.Skip(1).Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
                .ToLookup(part => part[0], part => part[1]);
            var standard = parameters["g"].FirstOrDefault() == "meta.k8s.io" && parameters["v"].FirstOrDefault() == "v1";
            switch (parameters["as"].FirstOrDefault())
            {
                case null:
                    return ResponseForm.Full;
                case "Table" when standard:
                    return ResponseForm.Table;
                case "PartialObjectMetadata" or "PartialObjectMetadataList" when standard:
                    return ResponseForm.Metadata;
            }
        }

        throw ApiErrors.NotAcceptable();
    }
}
