// java GenerateSession.java    needs Java 11 or later; the values may hold any printable ASCII
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class GenerateSession {
    // The JDK has no JSON; with a library at hand, read the reply with that. This pattern is good for a token
    // without backslashes. It is deaf to null, and to the name within a string.
    private static final Pattern WANTED = Pattern.compile("\"AccessToken\"\\s*:\\s*\"([^\"\\\\]+)\"");

    public static void main(String[] arguments) throws Exception {
        String base = System.getenv("TORUS_BASE_URL");
        if (base == null) {
            base = "https://connects.torusdigital.com/api/v1";
        }
        String body = "{\"API_KEY\":"
                + quoted(value("TORUS_API_KEY"))
                + ",\"API_SECRET\":"
                + quoted(value("TORUS_API_SECRET"))
                + "}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/session/generate"))
                .header("Content-Type", "application/json")
                .header("Token", value("TORUS_REQUEST_TOKEN")) // bare, without Bearer
                .method("POST", HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                // A redirect would carry what is secret elsewhere.
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        // The timeout of a request ends with the headers of the reply; this one holds for its body, too.
        var response = client.sendAsync(request, BodyHandlers.ofString()).get(10, TimeUnit.SECONDS);
        Matcher found = WANTED.matcher(response.body());
        if (response.statusCode() != 200 || !found.find()) {
            System.err.println("generateSession: HTTP " + response.statusCode());
            System.exit(1);
        }
        System.out.println(found.group(1));
    }

    // Checked here, because the builder would repeat the value of a bad header in its message.
    private static String value(String name) {
        String value = System.getenv(name);
        if (value == null || !value.matches("[ -~]+")) {
            throw new IllegalArgumentException(name + " is missing, or not printable ASCII");
        }
        return value;
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
